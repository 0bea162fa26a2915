"""An example body for every changing route of the API, as its description shows it."""

from collections.abc import Mapping

_JOB = "4f0c1b2a9d8e7f605142332415061728"
_CODE = "4127/1.2/knit"

_SHOP_ORDER: Mapping[str, object] = {
    "id": 5512,
    "name": "#5512",
    "customer": {"first_name": "Ada", "last_name": "Lund"},
    "shipping_address": {"name": "Ada Lund", "city": "Bremen"},
    "shipping_lines": [{"title": "Night Express"}],
    "line_items": [
        {
            "id": 1,
            "sku": "shoe",
            "title": "Sneaker",
            "quantity": 1,
            "properties": [
                {"name": "size", "value": "42"},
                {"name": "upper_colour", "value": "ink"},
                {"name": "sole_colour", "value": "sand"},
            ],
        }
    ],
}

EXAMPLES: Mapping[str, object] = {
    "POST /api/clock": {"speed": 60},
    "POST /api/shop/orders": _SHOP_ORDER,
    "POST /api/machines/{machine}/begin": {"job_order": _JOB},
    "POST /api/machines/{machine}/finish": {
        "job_order": _JOB,
        "results": [{"operation": "4127/1.1-2/bond", "verdict": "good", "reason": ""}],
    },
    "POST /api/doubts/{job_order}": {"verdict": "made_good", "reason": "It lies in the tray."},
    "POST /api/machines/{machine}/abort": {"reason": "Layer shift"},
    "POST /api/machines/{machine}/out": {"reason": "Nozzle jammed", "until_s": 34200},
    "POST /api/machines/{machine}/mode": {"mode": "confirm"},
    "POST /api/machines/{machine}/start": {"operations": ["4127/1.1/print", "4131/1.2/print"]},
    "POST /api/machines/{machine}/help": {"note": "Yarn is tangled."},
    "POST /api/alarms/{alarm}/acknowledge": {"note": "A technician is on the way."},
    "POST /api/alarms/{alarm}/shelve": {"until_s": 36000, "note": "Spare part ordered"},
    "POST /api/stations/{machine}/scan": {"job_order": _JOB, "code": _CODE},
    "POST /api/stations/{machine}/tote": {"order": "4127", "tote": "T-14"},
    "POST /api/stations/{machine}/take": {"job_order": _JOB, "operation": _CODE},
    "POST /api/stations/{machine}/scrap": {
        "job_order": _JOB,
        "operation": _CODE,
        "reason": "Hole in the knit",
    },
    "POST /api/stations/{machine}/undo": {"job_order": _JOB, "operation": _CODE},
    "POST /api/plan/wishes": {"wish": {"kind": "expedite", "order": "4131"}},
    "POST /api/orders/{order}/cancel": {"reason": "The customer changed plans."},
    "POST /api/orders/{order}/not-before": {"at": "14:00"},
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
    "POST /api/stock/{material}/count": {
        "lot": "T85-611",
        "quantity": "850 g",
        "reason": "Weighed",
    },
    "POST /api/receipts/{reference}/end": {"why": "The supplier has none."},
}
