"""Order files of every kind become the same rows; what cannot be read says why."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime, time

import gloves
import pytest
import xlsxwriter

from controller.orders import Asking, ColumnMap, ColumnMeans, Constant, Upload, ValueMeans, look
from controller.orders.cells import MOST_ROWS
from controller.orders.export import refused_csv
from controller.orders.open_file import open_file
from controller.orders.propose import certain
from controller.orders.workbook import cell_text
from controller.requests import RefusedRow

HEAD = ("order", "quantity", "carrier", "size", "colour", "initials", "customer", "place")
ROW = ("4127", 2, "Nord Parcel", "l", "moss", "", "Ada", "Graz")
TWO_PRODUCTS = replace(
    gloves.PLANT,
    products={"glove": gloves.GLOVE, "scarf": gloves.SCARF},
    processes={"glove": gloves.STEPS, "scarf": gloves.STEPS[:1]},
)


def seen(content, *, chosen=None, saved=(), sheet="", explain=False, plant=gloves.PLANT):
    asking = Asking(
        upload=Upload("orders", content, sheet), chosen=chosen, saved=saved, explain=explain
    )
    return look(asking, plant)


def refusals(content, **how):
    return [(r.row, r.column, r.value, r.reason) for r in seen(content, **how).examined.refused]


def why(content, **how):
    ((_, _, _, reason),) = refusals(content, **how)
    return reason


def workbook(*lines, sheets=("Orders",), formats=()):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for row, line in enumerate(lines if name == sheets[-1] else (("nothing",),)):
            for column, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, datetime.combine(cell, time()), day)
                else:
                    sheet.write(row, column, cell)
    book.close()
    return out.getvalue()


def shop_order(name="#1001", **more):
    item = {
        "id": 9,
        "sku": "GL-1",
        "title": "Glove",
        "quantity": 2,
        "variant_title": None,
        "properties": [{"name": "Size", "value": "l"}, {"name": "Colour", "value": "moss"}],
        "fulfillable_quantity": 2,
    }
    said = {
        "id": 450789469,
        "name": name,
        "line_items": [item],
        "shipping_address": {"name": "Ada Lovelace", "city": "Graz", "zip": "8010"},
        "shipping_lines": [{"title": "Nord Parcel"}],
        "note": "please be quick",
        "cancelled_at": None,
        "total_price": "90.00",
    }
    return said | more


def with_properties(*pairs):
    order = shop_order()
    order["line_items"][0]["properties"] = [{"name": n, "value": v} for n, v in pairs]
    return order


def packed(said):
    return json.dumps(said).encode()


def test_a_workbook_reads_like_a_csv_file():
    text = ",".join(HEAD) + "\n" + ",".join(map(str, ROW))
    (by_csv,) = seen(text.encode()).examined.ready
    (by_xlsx,) = seen(workbook(HEAD, ROW)).examined.ready
    assert by_xlsx == by_csv
    assert by_xlsx.order.lines[0].spec == gloves.spec("l", "moss")
    assert by_xlsx.person.name == "Ada"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (42.0, "42"),
        (4.5, "4.5"),
        (7, "7"),
        (True, "yes"),
        (datetime.combine(date(2026, 11, 24), time()), "2026-11-24"),
        (date(2026, 11, 24), "2026-11-24"),
        ("042", "042"),
    ],
)
def test_a_typed_cell_is_written_as_a_person_reads_it(cell, text):
    assert cell_text(cell) == text


def test_a_number_as_order_id_and_a_date_as_ship_day_are_understood():
    content = workbook(
        ("order", "quantity", "carrier", "colour", "ship_on"),
        (4127.0, 1.0, "Nord Parcel", "moss", date(2026, 11, 24)),
    )
    (ready,) = seen(content).examined.ready
    assert (ready.order.id, ready.order.lines[0].quantity) == ("4127", 1)
    assert ready.ship_on == "2026-11-24"


def test_the_named_sheet_is_read_and_a_missing_one_is_refused_with_the_names_there_are():
    content = workbook(HEAD, ROW, sheets=("Notes", "Day"))
    assert len(seen(content, sheet="Day").examined.ready) == 1
    assert "it has 'Notes', 'Day'" in why(content, sheet="Dya")


def test_rows_of_a_workbook_are_counted_as_the_spreadsheet_shows_them():
    content = workbook((), HEAD, ROW, ("4128", 1, "Nord Parcel", "xl", "moss"))
    assert [(row, column) for row, column, _, _ in refusals(content)] == [(4, "size")]


def test_a_zip_bomb_is_refused_by_its_directory_before_it_is_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in range(3):
            bomb.writestr(f"xl/worksheets/sheet{part}.xml", b"0" * 40_000_000)
    assert len(out.getvalue()) < 200_000
    assert "unpacks to" in why(out.getvalue())


@pytest.mark.parametrize("content", [b"PK\x03\x04 and then nothing", b"PK\x03\x04" + b"\0" * 400])
def test_a_broken_workbook_is_refused(content):
    assert "no spreadsheet" in why(content)


def test_a_zip_file_without_a_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        other.writestr("holiday.txt", "sun")
    assert "no spreadsheet" in why(out.getvalue())


def test_a_cell_far_outside_is_refused_instead_of_filling_the_memory():
    content = workbook(HEAD, ROW)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                body = body.replace(b"</sheetData>", far)
            new.writestr(part, body)
    assert "a cell at XFD1048576" in why(out.getvalue())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"order,quantity\n4127,1\xc3", "Row 2 has a sign that is not UTF-8"),
        (b"order\0,quantity\n", "not a text file"),
        (b"", "The file is empty."),
        (b"\xd0\xcf\x11\xe0 old", "old XLS"),
        (b"[" * 10_000, "nested deeper"),
        (b'{"line_items":' * 10_000, "nested deeper"),
        (b'{"id": 1', "no complete JSON"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "no complete JSON"),
        (b'{"id": 1}', "no line_items"),
        (b"[]", "no line_items"),
        (b'[{"line_items": [{}]}, 7]', "Order 2 of the JSON"),
    ],
)
def test_a_file_that_is_none_says_so(content, says):
    assert says in why(content)


def test_one_row_too_many_is_refused_and_a_full_file_is_not():
    line = "4127,1,Nord Parcel,l,moss\n"
    head = "order,quantity,carrier,size,colour\n"
    over = (head + line * (MOST_ROWS + 1)).encode()
    assert why(over) == "The file has 20,001 rows, 20,000 are taken at once. Split it."


def test_a_shop_order_becomes_a_row_for_each_line_item():
    (ready,) = seen(packed(shop_order())).examined.ready
    assert ready.order.id == "1001"
    assert ready.order.lines[0].quantity == 2
    assert ready.order.lines[0].spec == gloves.spec("l", "moss")
    assert ready.order.cut_off == "Nord Parcel"
    assert (ready.person.name, ready.person.place) == ("Ada Lovelace", "Graz")


@pytest.mark.parametrize(
    "form", [lambda o: o, lambda o: [o], lambda o: {"orders": [o]}, lambda o: {"order": o}]
)
def test_a_shop_sends_one_order_or_a_list(form):
    assert len(seen(packed(form(shop_order()))).examined.ready) == 1


def test_names_of_the_shop_with_an_underscore_are_its_own_and_other_unknown_choices_are_refused():
    fine = with_properties(("Colour", "moss"), ("_cart", "8f3"))
    assert len(seen(packed(fine)).examined.ready) == 1
    strange = with_properties(("Colour", "moss"), ("Gift wrap", "yes"))
    assert "No product has a column 'Gift wrap'" in why(packed(strange))


def test_a_property_cannot_pass_itself_off_as_the_quantity():
    order = with_properties(("Colour", "moss"), ("Quantity", "99"))
    (ready,) = seen(packed(order)).examined.ready
    assert ready.order.lines[0].quantity == 2


def test_a_refused_choice_of_a_shop_names_the_shops_own_word():
    order = with_properties(("Colour", "Navy"))
    ((row, column, value, reason),) = refusals(packed(order))
    assert (row, column, value) == (2, "Colour", "Navy")
    assert "It offers white, moss and black" in reason


MAP = ColumnMap(
    name="mill",
    columns=(
        ColumnMeans(column="Auftrag", field="order"),
        ColumnMeans(column="Farbe", field="colour"),
        ColumnMeans(column="Menge", field="quantity"),
        ColumnMeans(column="Bemerkung", field=""),
    ),
    values=(ValueMeans(field="colour", said="Navy", means="black"),),
    constants=(Constant(field="carrier", value="Nord Parcel"),),
)
FOREIGN = "Auftrag;Farbe;Menge;Bemerkung\n4127;navy;1;=1+1\n4128;Pink;1;\n"


def test_a_column_map_names_columns_values_and_constants():
    looked = seen(FOREIGN.encode(), chosen=MAP)
    (ready,) = looked.examined.ready
    assert ready.order.lines[0].spec == gloves.spec(colour="black")
    assert ready.order.cut_off == "Nord Parcel"
    ((row, column, value, _),) = refusals(FOREIGN.encode(), chosen=MAP)
    assert (row, column, value) == (3, "Farbe", "Pink")


def test_a_value_that_nobody_has_decided_on_is_refused_and_never_becomes_the_default():
    undecided = replace(MAP, values=(ValueMeans(field="colour", said="Navy", means=""),))
    text = FOREIGN.splitlines()[0] + "\n4127;navy;1;\n"
    ((_, column, value, _),) = refusals(text.encode(), chosen=undecided)
    assert (column, value) == ("Farbe", "navy")


def test_a_saved_map_is_found_by_the_head_and_another_head_does_not_fit():
    assert seen(FOREIGN.encode(), saved=(MAP,)).used == MAP
    assert seen(FOREIGN.replace("Menge", "Anzahl").encode(), saved=(MAP,)).used is None
    content = workbook(("Menge", "Auftrag", "Farbe", "Bemerkung"), (1, 4127, "Navy", ""))
    assert len(seen(content, saved=(MAP,)).examined.ready) == 1


def test_a_column_that_a_map_does_not_know_is_no_silent_loss():
    text = "Auftrag;Farbe;Menge;Bemerkung;Gravur\n4127;navy;1;;ADA\n"
    assert "'Gravur'" in why(text.encode(), chosen=MAP)


def test_columns_are_proposed_by_name_and_by_values():
    text = (
        "PO Number,Qty,Ship Via,Tint,Glove size,Client\n"
        "4127,1,Nord Parcel,moss,l,Ada\n4128,1,Night Express,blak,s,Ben\n"
    )
    looked = seen(text.encode(), explain=True)
    assert not looked.ours
    assert {each.column: each.field for each in looked.shown.columns} == {
        "PO Number": "order",
        "Qty": "quantity",
        "Ship Via": "carrier",
        "Tint": "",
        "Glove size": "size",
        "Client": "customer",
    }
    better = text.replace("blak", "black")
    shown = seen(better.encode(), explain=True).shown
    assert shown.field_of("Tint") == "colour"
    assert len(seen(better.encode(), explain=True).examined.ready) == 1


def test_a_value_that_is_almost_an_option_is_proposed_as_that_option():
    text = "order,quantity,carrier,colour,size\n1,1,Nord Parcel,mos,m\n2,1,Nord Parcel,Navy,m\n"
    shown = seen(text.encode(), explain=True).shown
    assert {(each.field, each.said): each.means for each in shown.values} == {
        ("colour", "mos"): "moss",
        ("colour", "Navy"): "",
    }


def test_nobody_imports_by_a_proposal():
    text = "PO Number,Qty,Ship Via,Colour\n4127,1,Nord Parcel,moss\n"
    assert len(seen(text.encode(), explain=True).examined.ready) == 1
    assert seen(text.encode()).examined.ready == ()


def test_a_row_that_is_there_twice_is_refused_unless_its_lines_are_numbered():
    twice = "order,quantity,carrier,colour\n7,1,Nord Parcel,moss\n7,1,Nord Parcel,moss\n"
    assert [(row, column) for row, column, _, _ in refusals(twice.encode())] == [
        (2, "order"),
        (3, "order"),
    ]
    meant = "order,line,quantity,carrier,colour\n7,1,1,Nord Parcel,moss\n7,2,1,Nord Parcel,moss\n"
    (ready,) = seen(meant.encode()).examined.ready
    assert len(ready.order.lines) == 2


def test_a_shops_list_with_the_same_order_twice_is_refused_whole():
    said = packed([shop_order(), shop_order()])
    reasons = [reason for _, _, _, reason in refusals(said)]
    assert "Line 1 of the order is there twice." in reasons
    assert seen(said).examined.ready == ()


def test_refused_rows_go_out_as_csv_that_runs_nothing():
    row = RefusedRow(row=3, column="place", value="=cmd()", reason="It is no place.")
    text = refused_csv([("a,b.csv", row), ("-x", replace(row, value="<b>ü</b>"))])
    lines = text.removeprefix("\ufeff").split("\r\n")
    assert lines[1] == '"a,b.csv",3,place,\'=cmd(),It is no place.'
    assert lines[2].startswith("'-x,3,place,<b>ü</b>")


def test_dotted_days_are_days():
    text = "order,quantity,carrier,colour,ship_on\n7,1,Nord Parcel,moss,24.11.2026\n"
    (ready,) = seen(text.encode()).examined.ready
    assert ready.ship_on == "24.11.2026"


def test_a_plant_of_several_products_wants_to_know_which():
    order = shop_order()
    order["line_items"][0]["title"] = "Handschuh"
    assert "No product is called" in why(packed(order), plant=TWO_PRODUCTS)


def with_a_scarf(*, first=False, properties=()):
    """A glove that is ours, and a scarf that somebody else makes."""
    order = shop_order()
    said = [{"name": name, "value": value} for name, value in properties]
    scarf = {"id": 10, "title": "Scarf", "quantity": 1, "properties": said}
    items = order["line_items"]
    order["line_items"] = [scarf, *items] if first else [*items, scarf]
    return order


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("properties", [(), (("Engraving", "A. L."),)])
def test_an_item_that_is_not_ours_is_left_alone_and_the_rest_of_its_order_is_taken(
    first, properties
):
    found = seen(packed(with_a_scarf(first=first, properties=properties))).examined
    (ready,) = found.ready
    (line,) = ready.order.lines
    assert (line.number, line.quantity) == (2 if first else 1, 2)
    assert line.spec == gloves.spec("l", "moss")
    assert found.refused == ()
    (left,) = found.left_alone
    assert (left.row, left.order, left.item) == (2 if first else 3, "1001", "Scarf")
    assert "left to the shop" in left.reason


def test_an_order_with_nothing_of_ours_is_left_alone_whole():
    order = with_a_scarf()
    order["line_items"] = order["line_items"][1:]
    found = seen(packed(order)).examined
    assert (found.ready, found.refused) == ((), ())
    assert [each.item for each in found.left_alone] == ["Scarf"]


def test_a_product_of_ours_with_a_misspelt_choice_is_refused_and_not_left_alone():
    order = with_properties(("Colur", "moss"))
    order["line_items"].append({"id": 10, "title": "Scarf", "quantity": 1})
    found = seen(packed(order)).examined
    assert found.ready == ()
    assert [each.value for each in found.refused] == ["Colur"]


def test_a_map_can_have_orders_with_foreign_items_refused_whole():
    order = with_a_scarf()
    used = certain(open_file(Upload("x.json", packed(order))), gloves.PLANT)
    found = seen(packed(order), chosen=replace(used, foreign="refuse")).examined
    assert (found.ready, found.left_alone) == ((), ())
    assert len(found.refused) == 2
