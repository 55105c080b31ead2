"""The served log under other people's log tools: Go's sumdb, Tessera, transparency-dev, torchwood."""

from tamper import flipped_bit


def add(checks):
    checks("Go's sumdb opens the checkpoint, proves every entry, and the older checkpoint as a prefix")(ledger)
    checks("Go's sumdb refuses a checkpoint under another key")(other_key)
    checks("Go's sumdb refuses a log in which one tile's bit is changed")(changed_tile)
    checks("Tessera's fsck finds bundles, tiles and root in agreement")(fsck)
    checks("Tessera's fsck refuses a log in which one bit of a bundle or a tile is changed")(changed_for_fsck)
    checks("transparency-dev's merkle and formats accept the JSON proofs of both checkpoints")(merkle)
    checks("torchwood reads and proves every entry")(torchwood)
    checks("torchwood refuses an entry in which one bit is changed")(changed_for_torchwood)


OTHER = "example.com/log+d455c521+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def vkey(service):
    return service.get("/v1/ledger/vkey").expect(200).text.strip()


def log(base):
    return f"{base}/evidence"


def ledger(world):
    said = world.tools.passes("ledger", vkey(world.service), log(world.service.base), world.old_checkpoint)
    assert "older checkpoint is a prefix" in said, said


def other_key(world):
    assert "checkpoint" in world.tools.refuses("ledger", OTHER, log(world.service.base))


def changed_tile(world):
    with flipped_bit(world.service, "/evidence/tile/0/") as base:
        assert "tiles" in world.tools.refuses("ledger", vkey(world.service), log(base))


def fsck(world):
    size = world.service.get("/evidence/checkpoint").expect(200).text.splitlines()[1]
    assert world.tools.passes("fsck", vkey(world.service), log(world.service.base)) == f"fsck: size {size}\n"


def changed_for_fsck(world):
    with flipped_bit(world.service, "/nothing-here") as base:
        world.tools.passes("fsck", vkey(world.service), log(base))
    for path in ("/evidence/tile/entries/000", "/evidence/tile/0/000"):
        with flipped_bit(world.service, path) as base:
            world.tools.refuses("fsck", vkey(world.service), log(base))


def merkle(world):
    world.tools.passes("merkle", vkey(world.service), world.service.base, 1, world.old_checkpoint)


def torchwood(world):
    world.tools.passes("torchwood", "entries", vkey(world.service), log(world.service.base))


def changed_for_torchwood(world):
    with flipped_bit(world.service, "/evidence/tile/entries/000") as base:
        world.tools.refuses("torchwood", "entries", vkey(world.service), log(base))
