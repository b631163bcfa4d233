"""For tests of adapters and of code that embeds the core: fakes, builders and the contract kit."""
