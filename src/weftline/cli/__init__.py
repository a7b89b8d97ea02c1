"""Floor 14: the command line. One file per verb; all but ``serve``, ``sandbox`` and ``doctor`` speak to the REST API.

Nothing is imported here, so that ``python -m weftline.cli.main`` loads the verbs once.
"""
