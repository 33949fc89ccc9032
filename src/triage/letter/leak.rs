//! The brand firewall: does a white-label letter name the vendor anywhere in our own words, headers or links?
