"""Kills, stops and cuts: small in ordinary runs, at full size with ./dev faults."""
