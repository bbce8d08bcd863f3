SORTS: dict[str, str] = {}
COLUMNS: dict[str, str] = {}
