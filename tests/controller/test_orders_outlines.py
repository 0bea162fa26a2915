"""An order with a part that no plate is large enough for is refused at its row, with the reason."""

from controller.orders.read import read_orders
from plant_config import load, read_folder, shipped
from tests.plant_config.small import changed, folder

HEAD = "order,size,crisp,quantity,carrier\n"


def plant():
    files = folder(read_folder(shipped("sneaker"))["profiles/jobmap.yaml"])
    plate = "plate: {width: 200 mm, depth: 100 mm, gap: 2 mm},"
    files = changed(files, "machines.yaml", "capacity: 4,", plate)
    outline = "    outline: {width: size.length * 6 mm, depth: 30 mm}\n"
    return load(changed(files, "processes/doll.yaml", "    size: 1\n", outline))


def test_a_part_larger_than_every_plate_is_refused_by_order_and_part():
    content = HEAD + "4126,2,baked,1,Noon\n4127,3,baked,1,Noon\n4128,3,no_bake,1,Noon\n"
    read = read_orders(content, plant(), 0, {})
    assert [each.order.id for each in read.accepted] == ["4126", "4128"]
    (refused,) = read.refused
    assert (refused.row, refused.column, refused.value) == (3, "order", "4127")
    assert refused.reason == (
        "Order 4127 cannot be made: 4127/1.1/bake is larger than every plate: it is 240 x 30 mm, "
        "and the largest plate, in baking, is 200 x 100 mm."
    )


def test_an_order_is_refused_whole_for_one_such_part():
    content = HEAD + "4127,2,baked,1,Noon\n4127,3,baked,1,Noon\n"
    read = read_orders(content, plant(), 0, {})
    assert read.accepted == ()
    assert [each.row for each in read.refused] == [2, 3]
    assert "4127/2.1/bake" in read.refused[0].reason
