"""A country's tree from a workbook and back: areas, sectors, positions, institutions."""
