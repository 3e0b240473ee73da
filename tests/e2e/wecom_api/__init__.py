"""A stand-in for WeCom (企业微信) in a process of its own, strict where the platform is; its clock is set.

`platform` is what the platform knows and refuses, `cards` what it takes for a template card, `sealing` its
encryption (written from its description, not by our library), `server` its HTTP and the test's side.
"""
