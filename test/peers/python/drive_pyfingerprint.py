"""Every call of pyfingerprint on the module at PORT. A line on standard output asks for a finger (lift, a, b); the answer is
a line on standard input. The last line is JSON: the digests of all images, one level (0 to 15) a pixel."""

import json
import os
import sys
import tempfile
from hashlib import sha256

from PIL import Image
from pyfingerprint.pyfingerprint import PyFingerprint

port = sys.argv[1]


def hand(what):
    print(what, flush=True)
    sys.stdin.readline()


def opened(baud=57600, address=0xFFFFFFFF, password=0):
    module = PyFingerprint(port, baud, address, password)
    # Where a byte is later than its 2 s, it takes an empty one for it: a busy machine is no fault of the twin's.
    module._PyFingerprint__serial.timeout = 60
    assert module.verifyPassword()
    return module


def digest(module):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.bmp")
        assert module.readImage()
        module.downloadImage(path)
        with Image.open(path) as image:
            assert image.size == (256, 288)
            return sha256(bytes(level >> 4 for level in image.convert("L").tobytes())).hexdigest()


f = opened()
_, identifier, capacity, level, address, size, baud = f.getSystemParameters()
assert (identifier, capacity, level, address, size, baud) == (9, 1000, 3, 0xFFFFFFFF, 2, 6)
assert (f.getStorageCapacity(), f.getMaxPacketSize(), f.getBaudRate(), f.getSecurityLevel()) == (1000, 128, 57600, 3)
assert f.getTemplateCount() == 0 and not any(f.getTemplateIndex(0))
hand("lift")
assert not f.readImage()
for buffer, finger in ((1, "a"), (2, "b")):
    hand(finger)
    assert f.readImage() and f.convertImage(buffer)
assert f.compareCharacteristics() > 0
assert f.createTemplate() and f.storeTemplate(7) == 7 and f.storeTemplate() == 0
assert f.getTemplateCount() == 2 and f.getTemplateIndex(0)[7]
assert f.readImage() and f.convertImage(1)
position, score = f.searchTemplate()
assert position in (0, 7) and score > 0
assert f.loadTemplate(7, 1)
template = f.downloadCharacteristics(1)
assert len(template) == 512
assert f.uploadCharacteristics(2, template) and f.compareCharacteristics() > 0
assert f.deleteTemplate(0) and f.getTemplateCount() == 1
assert f.clearDatabase() and f.getTemplateCount() == 0
assert f.searchTemplate()[0] == -1
assert 0 <= f.generateRandomNumber() < 2**32
f.setSecurityLevel(4)
assert f.getSecurityLevel() == 4

images = []
hand("a")
for size in (32, 64, 128, 256):
    f.setMaxPacketSize(size)
    assert f.getMaxPacketSize() == size
    images.append(digest(f))
for baud in (9600, 19200, 38400, 115200, 57600):
    f.setBaudRate(baud)
    del f
    f = opened(baud)
    assert f.getBaudRate() == baud
    images.append(digest(f))

assert f.setPassword(0x01020304)
del f
f = opened(password=0x01020304)
assert f.setPassword(0)
assert f.setAddress(0x0A0B0C0D)
del f
f = opened(address=0x0A0B0C0D)
assert f.getSystemParameters()[4] == 0x0A0B0C0D
assert f.setAddress(0xFFFFFFFF)
print(json.dumps(images), flush=True)
