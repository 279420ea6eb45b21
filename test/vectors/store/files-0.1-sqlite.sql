CREATE TABLE "file_schema" ("version" integer not null);
CREATE TABLE "files" ("id" text primary key, "room_id" text not null, "owner_id" text not null, "chunks" integer not null, "sealed_bytes" bigint not null, "state" integer not null, "created_at_ms" bigint not null, "expires_at_ms" bigint not null);
CREATE INDEX "files_owner" on "files" ("owner_id");
CREATE TABLE "file_chunks" ("file_id" text not null, "idx" integer not null, "sealed" blob not null, constraint "file_chunks_key" primary key ("file_id", "idx"));
insert into "file_schema" ("version") values (1);
insert into "files" ("id", "room_id", "owner_id", "chunks", "sealed_bytes", "state", "created_at_ms", "expires_at_ms") values ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'owner', 1, 3, 1, 1800000000000, 3600000000000);
insert into "file_chunks" ("file_id", "idx", "sealed") values ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 0, x'010203');
