import ipaddr from "ipaddr.js"

/** What is counted where an address is counted: an IPv4 address, also one that came as IPv6, or the /64 of an IPv6
 *  address, which one subscriber holds whole (RFC 6177). What is no address is counted as it is. */
export function limitAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === "ipv4") return parsed.toString()
  const prefix = parsed.toByteArray().map((byte, i) => (i < 8 ? byte : 0))
  return `${ipaddr.fromByteArray(prefix).toString()}/64`
}
