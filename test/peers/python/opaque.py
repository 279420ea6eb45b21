"""The client's end of OPAQUE (RFC 9807) as docs/protocol.md section 11 fixes it: OPRF(ristretto255, SHA-512),
HKDF, HMAC and hash on SHA-512, 3DH on ristretto255, Argon2id with 16 zero bytes as salt, empty context."""

import hmac
import unicodedata
from hashlib import sha512
from os import urandom

import rbcl
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SUITE = b"OPRFV1-\x00-ristretto255-SHA512"  # RFC 9497 section 3.1, mode OPRF
multiply = rbcl.crypto_scalarmult_ristretto255


class WrongPassword(Exception):
    """The password, the name or the server is not the one of the registration."""


def blob16(data):
    return len(data).to_bytes(2, "big") + data


def mac(key, *parts):
    return hmac.digest(key, b"".join(parts), "sha512")


def expand(key, info, size):
    return HKDFExpand(SHA512(), size, info).derive(key)


def expand_message(message, tag):
    """expand_message_xmd of RFC 9380 section 5.3.1, SHA-512, 64 bytes."""
    tag += bytes([len(tag)])
    first = sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\x00" + tag).digest()
    return sha512(first + b"\x01" + tag).digest()


def key_pair(seed):
    """DeriveDiffieHellmanKeyPair: DeriveKeyPair of RFC 9497 section 3.2.1."""
    of = seed + blob16(b"OPAQUE-DeriveDiffieHellmanKeyPair")
    for counter in range(256):
        wide = expand_message(of + bytes([counter]), b"DeriveKeyPair" + SUITE)
        secret = rbcl.crypto_core_ristretto255_scalar_reduce(wide)
        if any(secret):
            return secret, rbcl.crypto_scalarmult_ristretto255_base(secret)
    raise ValueError("no key from this seed")


class Client:
    """One registration or one sign-in; `request` goes out first."""

    def __init__(self, password, name_key, stretching):
        self.password = unicodedata.normalize("NFC", password).encode()
        self.identities = b"sourceprint", name_key.encode()
        self.stretching = stretching
        self.blind = rbcl.crypto_core_ristretto255_scalar_random()
        point = rbcl.crypto_core_ristretto255_from_hash(expand_message(self.password, b"HashToGroup-" + SUITE))
        self.request = multiply(self.blind, point)
        self.secret, share = key_pair(urandom(32))
        self.ke1 = self.request + urandom(32) + share

    def randomized_password(self, evaluated):
        point = multiply(rbcl.crypto_core_ristretto255_scalar_invert(self.blind), evaluated)
        output = sha512(blob16(self.password) + blob16(point) + b"Finalize").digest()
        memory, passes, lanes = (self.stretching[key] for key in ("memoryKib", "iterations", "parallelism"))
        ksf = Argon2id(salt=bytes(16), length=64, memory_cost=memory, iterations=passes, lanes=lanes)
        return mac(b"", output, ksf.derive(output))

    def envelope(self, randomized, nonce, server_key):
        """The envelope and the client's key pair that it stands for."""
        auth_key = expand(randomized, nonce + b"AuthKey", 64)
        secret, public = key_pair(expand(randomized, nonce + b"PrivateKey", 32))
        server, client = self.identities
        return nonce + mac(auth_key, nonce, server_key, blob16(server), blob16(client)), secret, public

    def register(self, response):
        """The record for a registration response."""
        evaluated, server_key = response[:32], response[32:]
        randomized = self.randomized_password(evaluated)
        envelope, _, public = self.envelope(randomized, urandom(32), server_key)
        return public + expand(randomized, b"MaskingKey", 64) + envelope

    def sign_in(self, ke2):
        """KE3 and the session key, 64 bytes each."""
        credentials, share, server_mac = ke2[:192], ke2[224:256], ke2[256:]
        randomized = self.randomized_password(credentials[:32])
        masking_nonce, masked = credentials[32:64], credentials[64:]
        pad = expand(expand(randomized, b"MaskingKey", 64), masking_nonce + b"CredentialResponsePad", 128)
        opened = bytes(a ^ b for a, b in zip(masked, pad, strict=True))
        server_key, envelope = opened[:32], opened[32:]
        expected, secret, _ = self.envelope(randomized, envelope[:32], server_key)
        if not hmac.compare_digest(expected, envelope):
            raise WrongPassword
        server, client = self.identities
        preamble = b"OPAQUEv1-" + blob16(b"") + blob16(client) + self.ke1 + blob16(server) + ke2[:256]
        shared = multiply(self.secret, share) + multiply(self.secret, server_key) + multiply(secret, share)

        def derive(key, label, context):
            label = b"OPAQUE-" + label
            info = (64).to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
            return expand(key, info, 64)

        prk = mac(b"", shared)
        heard = sha512(preamble).digest()
        handshake = derive(prk, b"HandshakeSecret", heard)
        if not hmac.compare_digest(server_mac, mac(derive(handshake, b"ServerMAC", b""), heard)):
            raise WrongPassword
        ke3 = mac(derive(handshake, b"ClientMAC", b""), sha512(preamble + server_mac).digest())
        return ke3, derive(prk, b"SessionKey", heard)
