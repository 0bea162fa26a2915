"""A plant of two machines and a station, small enough to see through."""

from plant_config import Line, Order, Plant, Spec, configure, load

PLANT = """\
name: small
label: Small plant
timezone: Europe/Berlin
shifts:
  - {name: early, begins: "06:00", ends: "14:00"}
  - {name: late, begins: "14:00", ends: "22:00"}
  - {name: night, begins: "23:00", ends: "01:00"}
calendars:
  day: [early, late]
  odd: [early, night]
cut_offs:
  - {carrier: Noon, at: "12:00"}
  - {carrier: Evening, at: "21:00"}
"""

MACHINES = """\
groups:
  - name: cutting
    label: cutting
    physics: knitter
    offers: [cut]
    calendar: day
    rate: EUR 36.00
    initial: {colour: red, shade: 50}
    limits:
      length: [10, 40]
    changeovers:
      - when: after.shade < before.shade
        takes: 5 min
        says: to dark
      - when: before.colour != after.colour
        takes: 20 min
        cost: EUR 3.00
        cleaning: true
        says: to light
  - name: baking
    label: baking
    physics: oven
    offers: [bake]
    calendar: odd
    rate: EUR 18.00
    batch: {capacity: 4, base: 60 s, noun: tray}
  - name: hands
    label: hands
    physics: station
    offers: [join, pack]
    calendar: day
    rate: EUR 36.00
machines:
  - {id: C1, group: cutting, link: {kind: opcua, endpoint: "opc.tcp://h:1/", object: C1}}
  - {id: C2, group: cutting, link: {kind: modbus, host: h, port: 2, profile: map}, pace_percent: 150}
  - {id: O1, group: baking, link: {kind: modbus, host: h, port: 3, profile: map}}
  - {id: H1, group: hands, link: {kind: station}}
"""

MATERIALS = """\
materials:
  - {name: cloth, unit: mg, price: EUR 10.00, per: 1 kg}
  - {name: box, unit: piece, price: EUR 0.50, per: 1}
"""

RATES = """\
late: EUR 10.00
source: assumed
"""

PRODUCT = """\
name: doll
label: Doll
noun: doll
base_price: EUR 20.00
pieces:
  - {name: front, short: F}
  - {name: back, short: B}
features:
  - name: size
    label: Size
    options:
      - {name: "1", facts: {length: 10, time: 60 s, cloth: 100 g}}
      - {name: "2", price: EUR 2.00, facts: {length: 20, time: 90 s, cloth: 150 g}}
      - {name: "3", price: EUR 4.00, facts: {length: 40, time: 2 min, cloth: 200 g}}
  - name: colour
    label: Colour
    default: red
    options:
      - {name: red, label: Red, facts: {shade: 50}}
      - {name: white, label: White, price: EUR 1.00, facts: {shade: 90}}
      - {name: black, label: Black, facts: {shade: 10}}
  - name: crisp
    label: Crisp
    default: no_bake
    options:
      - {name: no_bake, label: Soft}
      - {name: baked, label: Crisp, price: EUR 5.00}
rules:
  - name: white burns
    holds: colour == 'white' implies crisp != 'baked'
    why: White cloth burns in the oven.
  - name: small ones crumble
    holds: not (size.length < 15 and crisp == 'baked')
    why: Small dolls crumble in the oven.
"""

PROCESS = """\
product: doll
steps:
  - name: cut
    label: Cut
    per: unit
    needs: cut
    takes: size.time + (10 s if piece == 'back' else 0 s)
    family: {colour: colour, shade: colour.shade}
    recipe: {length: size.length, side: piece}
    uses:
      - {material: "'cloth'", quantity: size.cloth}
  - name: bake
    label: Bake
    per: unit
    needs: bake
    after: [cut]
    when: crisp == 'baked'
    takes: 10 min
    size: 1
  - name: join
    label: Join
    per: assembly
    needs: join
    after: [bake]
    takes: 5 min
  - name: stuff
    label: Stuff
    per: unit
    needs: join
    after: [join]
    takes: 1 min
  - name: pack
    label: Pack
    per: order
    needs: pack
    after: [stuff]
    takes: 2 min + 1 min * quantity
    uses:
      - {material: "'box'", quantity: quantity}
"""


STOCK = """\
lots:
  - {material: cloth, lot: C1, quantity: 40 kg}
  - {material: box, lot: B1, quantity: 200}
expected:
  - {material: box, reference: PO7, quantity: 100, after: 1 d}
"""


def folder(profile: str) -> dict[str, str]:
    """Return the small plant's files, with the text of a job map."""
    return {
        "plant.yaml": PLANT,
        "machines.yaml": MACHINES,
        "materials.yaml": MATERIALS,
        "rates.yaml": RATES,
        "stock.yaml": STOCK,
        "products/doll.yaml": PRODUCT,
        "processes/doll.yaml": PROCESS,
        "profiles/map.yaml": profile,
    }


def changed(files: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """Return the files with one text replaced, which must be there."""
    assert old in files[file], old
    return {**files, file: files[file].replace(old, new, 1)}


def plant_of(files: dict[str, str]) -> Plant:
    return load(files)


def doll(plant: Plant, **options: str) -> Spec:
    spec = configure(plant.products["doll"], options)
    assert isinstance(spec, Spec), spec
    return spec


def order(plant: Plant, name: str, *lines: tuple[int, dict[str, str]]) -> Order:
    """An order for quantities of dolls."""
    made = (Line(i, doll(plant, **o), q) for i, (q, o) in enumerate(lines, 1))
    return Order(id=name, lines=tuple(made), release_s=0, due_s=3600, cut_off="Noon")
