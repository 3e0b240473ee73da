"""Telegram: updates by long polling or webhook, messages and files by the Bot API, several bots.

The way in: `parsing` and `updates` read an update, `polling` and `webhook` take it in and acknowledge it once
it is durable. The way out: `outgoing` plans the calls, `sending` makes them, `errors` says how they ended.
`api` is the only module that talks to the network, `bot` is one account, `platform` all of them.
"""
