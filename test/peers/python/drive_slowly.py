"""pyfingerprint on the module at PORT, which it writes to byte by byte, on a machine so busy that 250 ms lie between two
bytes. A line on standard output asks for a finger, as in drive_pyfingerprint.py; the last line is JSON: no images."""

import sys
import time

import serial
from pyfingerprint.pyfingerprint import PyFingerprint

write = serial.Serial.write


def late(line, data):
    time.sleep(0.25)
    return write(line, data)


serial.Serial.write = late
module = PyFingerprint(sys.argv[1], 57600, 0xFFFFFFFF, 0)
assert module.verifyPassword()
print("a", flush=True)
sys.stdin.readline()
assert module.readImage()
print("[]", flush=True)
