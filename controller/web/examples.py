"""An example body for every changing route of the API, as its description shows it."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, object] = {
    "POST /api/clock": {"speed": 60},
    "PUT /api/mappings/{name}": {
        "columns": [
            {"column": "Bestellung", "field": "order"},
            {"column": "Menge", "field": "quantity"},
            {"column": "Farbe", "field": "upper_colour"},
        ],
        "values": [{"field": "upper_colour", "said": "Navy", "means": "ink"}],
        "constants": [{"field": "carrier", "value": "Night Express"}],
    },
    "POST /api/stock/{material}/receive": {"lot": "T85-700", "quantity": "10 kg"},
    "POST /api/stock/{material}/expect": {"quantity": "2 kg", "at": "2026-11-25T09:00"},
    "POST /api/stock/{material}/count": {"lot": "T85-611", "quantity": "850 g", "reason": "Weighed"},
    "POST /api/receipts/{reference}/end": {"why": "The supplier has none."},
}
