"""What authors of connectors and plug-ins test with: sandboxes, fakes and contract suites."""

__all__: list[str] = []
