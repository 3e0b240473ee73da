"""A stand-in for WeCom (企业微信) in a process of its own, strict where the platform is; its clock is set.

`platform` is what the platform knows and refuses, `cards` what it takes for a template card, `server` its
HTTP and the test's side. Its encryption is the tests' own (`tests.support.callbacks`).
"""
