"""The platform simulator, running for tests. `from tests.publishing.simulator import simulator`.

The fixture `simulator` answers: .url, .posts(platform=None), .account(platform, **fields),
.inject(point, fault, count=1, **params), .advance(seconds), .set(**settings), .deliver(), .truth().
settings.SIMULATOR_URL points at it.
"""
