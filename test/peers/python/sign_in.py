"""A sign-up and a sign-in, written from docs/protocol.md alone. The job is JSON on stdin:

{"port", "server": identity in hex, "name", "password", "stretching": {"memoryKib", "iterations", "parallelism"},
 "device": {"id", "scannerId", "key": hex} or null, "images": [base64], "ways": factor set,
 "enrol": {"code", "finger"} or absent}

Prints a line for each step that the server answers. Exit code 0: pass, 1: anything else.
"""

import json
import socket
import sys
import time
import unicodedata
from base64 import b64decode
from hashlib import sha256
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import opaque


def u(size, value):
    return value.to_bytes(size, "big")


def str8(text):
    return u(1, len(text.encode())) + text.encode()


def now_ms():
    return time.time_ns() // 1_000_000


def hashed(*parts):
    return sha256(b"".join(parts)).digest()


class Ended(Exception):
    """The sign-in is over without a pass."""


class Connection:
    """Sections 1 to 5."""

    def __init__(self, port, identity):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        ephemeral, random = X25519PrivateKey.generate(), urandom(32)
        hello = b"\x01\x01\x01" + random + ephemeral.public_key().public_bytes_raw()
        self.send_frame(hello)
        answer = self.frame()
        if len(answer) != 163 or answer[:3] != b"\x02\x01\x01" or answer[67:99] != identity:
            raise Ended("another server")
        signed = b"sourceprint/1 server hello" + hashed(hello, answer[:99])
        Ed25519PublicKey.from_public_bytes(identity).verify(answer[99:], signed)
        self.h0 = self.transcript = hashed(b"sourceprint/1 hello", hello, answer)
        self.dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(answer[35:67]))
        self.change_keys(self.dh, b"sourceprint/1 handshake")

    def change_keys(self, secret, info):
        keys = HKDF(SHA256(), 88, salt=self.transcript, info=info).derive(secret)
        self.up, self.down = [AESGCM(keys[:32]), keys[64:76], 0], [AESGCM(keys[32:64]), keys[76:], 0]

    def send_frame(self, body):
        self.socket.sendall(u(4, len(body)) + body)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise Ended("closed")
            data += part
        return data

    def frame(self):
        return self.exactly(int.from_bytes(self.exactly(4), "big"))

    @staticmethod
    def nonce(direction):
        _, iv, counter = direction
        direction[2] += 1
        return u(12, int.from_bytes(iv, "big") ^ counter)

    def send(self, message):
        self.asked = hashed(message)
        self.transcript = hashed(self.transcript, u(4, len(message)), message)
        aad = u(4, 1 + len(message) + 16) + b"\x03"
        self.send_frame(b"\x03" + self.up[0].encrypt(self.nonce(self.up), message, aad))

    def receive(self):
        body = self.frame()
        message = self.down[0].decrypt(self.nonce(self.down), body[1:], u(4, len(body)) + b"\x03")
        self.transcript = hashed(self.transcript, u(4, len(message)), message)
        if message[0] == 0x24:
            raise Ended(f"busy {int.from_bytes(message[1:], 'big')}")
        return message[0], message[1:]


class Attempt:
    """Section 6."""

    def __init__(self, job):
        self.job = job
        self.connection = Connection(job["port"], bytes.fromhex(job["server"]))
        print("server proven")
        name_key = unicodedata.normalize("NFKC", job["name"].lower())
        self.opaque = opaque.Client(job["password"], name_key, job["stretching"])
        self.sequence = 0

    def device(self):
        """`device`, by the device's proof."""
        device = self.job["device"]
        if device is None:
            return b"\x00"
        ids = str8(device["id"]) + str8(device["scannerId"])
        return b"\x01" + ids + self.signed(b"sourceprint/1 device", ids)

    def signed(self, label, fields):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.job["device"]["key"]))
        return key.sign(label + self.connection.h0 + fields)

    def answer(self, wanted):
        """The fields of the `wanted` message; a refusal ends the attempt."""
        code, fields = self.connection.receive()
        if code == wanted:
            return fields
        raise Ended("fail" if code == 0x23 else f"message {code:#x}")

    def start(self, code, *more):
        self.connection.send(u(1, code) + str8(self.job["name"]) + u(8, now_ms()) + self.device() + b"".join(more))

    def enrol(self):
        enrol = self.job["enrol"]
        more = urandom(32) + str8(enrol["code"]) + str8(enrol["finger"])
        self.start(0x14, more, opaque.blob16(self.opaque.request))
        record = self.opaque.register(self.answer(0x25)[2:])
        self.connection.send(b"\x15" + opaque.blob16(record))

    def sign_in(self):
        connection = self.connection
        self.start(0x11, opaque.blob16(self.opaque.ke1))
        ke3, session_key = self.opaque.sign_in(self.answer(0x21)[10:])
        connection.send(b"\x12" + opaque.blob16(ke3))
        connection.change_keys(connection.dh + session_key, b"sourceprint/1 session")
        print("password proven")

    def capture(self, challenge, image):
        self.sequence += 1
        device = self.job["device"]
        fields = challenge + b"\x01" + u(8, now_ms()) + u(4, self.sequence)
        fields += str8(device["id"]) + str8(device["scannerId"]) + hashed(image)
        signature = self.signed(b"sourceprint/1 capture", fields)
        self.connection.send(b"\x13" + fields + signature + u(4, len(image)) + image)

    def run(self):
        """Answers what the server asks for until it decides."""
        self.enrol() if "enrol" in self.job else self.sign_in()
        images = [b64decode(image) for image in self.job["images"]]
        while True:
            code, fields = self.connection.receive()
            if code == 0x22:
                print("challenge, remaining", fields[44])
                if not images:
                    raise Ended("no image left")
                self.capture(fields[:32], images.pop(0))
            elif code == 0x2C:
                print("factors", *fields[1:])
                self.connection.send(b"\x1f" + u(1, self.job["ways"]))
            elif code == 0x23:
                if fields[1:33] != self.connection.asked:
                    raise Ended("a decision on another request")
                print({1: "pass", 2: "fail", 3: "retry"}[fields[0]])
                if fields[0] != 3:
                    return fields[0] == 1
            else:
                raise Ended(f"message {code:#x}")


if __name__ == "__main__":
    try:
        passed = Attempt(json.load(sys.stdin)).run()
    except opaque.WrongPassword:
        passed = print("wrong password")
    except InvalidTag:
        passed = print("a record that does not open")
    except Ended as end:
        passed = print(end)
    sys.exit(0 if passed else 1)
