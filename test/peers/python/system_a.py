"""The original exchange of system A, written from its wire facts with the library that it used.

client PORT KEY PASSWORD VERIFIER IMAGE   prints passed, password, or the label
server KEY SECRET_HASH                    prints its port, answers one request as passed
"""

import json
import socket
import sys
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet


def hashed(*texts):
    return sha256("".join(texts).encode()).hexdigest()


def send(connection, fernet, message):
    token = fernet.encrypt(json.dumps(message).encode())
    connection.sendall(f"{len(token):<8}".encode() + token)


def receive(connection, fernet):
    def exactly(size):
        data = b""
        while len(data) < size:
            part = connection.recv(size - len(data))
            if not part:
                raise SystemExit("closed")
            data += part
        return data

    return json.loads(fernet.decrypt(exactly(int(exactly(8)))))


def client(port, key, password, verifier, image):
    key = key.encode()
    fernet = Fernet(key)
    time = datetime.now().isoformat()
    fields = {"client_id": "ada", "server_id": "server", "timestamp": time, "image": image}
    signature = hashed(*fields.values(), str(key))
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        send(connection, fernet, {**fields, "Hsig": signature})
        reply = receive(connection, fernet)
    assert reply["Hsig"] == signature
    age = datetime.now() - datetime.fromisoformat(reply["timestamp"])
    assert abs(age.total_seconds()) < 20
    if "Hs" not in reply:
        return reply["label"]
    return "passed" if hashed(hashed(password), reply["Hs"]) == verifier else "password"


def server(key, secret_hash):
    key = key.encode()
    fernet = Fernet(key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        connection, _ = listener.accept()
        with connection:
            request = receive(connection, fernet)
            fields = [request[name] for name in ("client_id", "server_id", "timestamp", "image")]
            assert hashed(*fields, str(key)) == request["Hsig"]
            assert abs((datetime.now() - datetime.fromisoformat(request["timestamp"])).total_seconds()) < 20
            reply = {name: request[name] for name in ("client_id", "server_id", "Hsig")}
            send(connection, fernet, {**reply, "timestamp": datetime.now().isoformat(), "Hs": secret_hash})


if __name__ == "__main__":
    answer = {"client": client, "server": server}[sys.argv[1]](*sys.argv[2:])
    if answer is not None:
        print(answer)
