"""Enrols, searches and moves templates with Adafruit's library on the module at PORT; fingers as in drive_pyfingerprint.py.
The last line is JSON: the digest of the image."""

import json
import sys
import types
from hashlib import sha256

import serial

# The library takes two names from the boards' own Python: the type of its line, and a marker of constants.
for name, member, value in (("busio", "UART", serial.Serial), ("micropython", "const", lambda number: number)):
    sys.modules[name] = types.ModuleType(name)
    setattr(sys.modules[name], member, value)
import adafruit_fingerprint as library  # noqa: E402

line = serial.Serial(sys.argv[1], 57600, timeout=2)


def hand(what):
    print(what, flush=True)
    sys.stdin.readline()


def ok(code):
    assert code == library.OK, hex(code)


f = library.Adafruit_Fingerprint(line)
ok(f.verify_password())
try:
    f.check_module()
    raise SystemExit("an R307 has no GetEcho")
except RuntimeError:
    pass
ok(f.read_sysparam())
assert (f.system_id, f.library_size, f.security_level, f.data_packet_size, f.baudrate) == (9, 1000, 3, 2, 6)
ok(f.count_templates())
assert f.template_count == 0
hand("lift")
assert f.get_image() == library.NOFINGER
for slot, finger in ((1, "a"), (2, "b")):
    hand(finger)
    ok(f.get_image())
    ok(f.image_2_tz(slot))
ok(f.compare_templates())
ok(f.create_model())
ok(f.store_model(5))
ok(f.read_templates())
assert f.templates == [5]
ok(f.get_image())
ok(f.image_2_tz(1))
for search in (f.finger_search, f.finger_fast_search):
    ok(search())
    assert f.finger_id == 5 and f.confidence > 0
ok(f.load_model(5, 1))
template = f.get_fpdata("char", 1)
assert len(template) == 512
assert f.send_fpdata(template, "char", 2)
ok(f.compare_templates())
assert f.set_led() != library.OK  # an R307 has no ring: it says so
ok(f.delete_model(5))
ok(f.empty_library())
ok(f.set_sysparam(5, 2))
ok(f.read_sysparam())
assert f.security_level == 2
hand("a")
ok(f.get_image())
packed = f.get_fpdata("image")
levels = bytes(level for byte in packed for level in (byte >> 4, byte & 15))
print(json.dumps([sha256(levels).hexdigest()]), flush=True)
