"""What WeChat and WeCom (企业微信) have in common: proven callbacks, bounded XML, API calls that end.

Nothing here knows a database or the other rooms; what must be kept is asked of ports (`tokens.Shelf`).
"""
