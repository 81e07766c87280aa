/**
 * Who a request comes from, for limits: the address of the connection, or what a trusted proxy says it is. Whoever is not
 * trusted may write what they like into X-Forwarded-For, and nobody looks.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4 } from "node:net";

/** Parses `10.0.0.0/8`, `::1` and the like. */
const PREFIX_BITS = { 4: 32, 6: 128 } as const;

type Network = { readonly address: string; readonly family: "ipv4" | "ipv6"; readonly prefix: number };

/** An address or a network in CIDR form; null for anything else. */
export const parseNetwork = (text: string): Network | null => {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = isIP(address);
  if (version !== 4 && version !== 6) return null;
  const bits = PREFIX_BITS[version];
  const given = slash < 0 ? String(bits) : text.slice(slash + 1);
  const prefix = /^\d{1,3}$/.test(given) ? Number(given) : Number.NaN;
  return prefix <= bits ? { address, family: version === 4 ? "ipv4" : "ipv6", prefix } : null;
};

/** Proxies before us are a few; a longer chain is somebody's invention. */
const MAX_HOPS = 16;
/** Of the header, from its end: what the nearest proxies wrote. */
const MAX_CHAIN = 1_000;

const MAPPED = "::ffff:";

/** IPv4 as itself, as a dual-stack listener reports it with a prefix; without the zone of a link-local address. */
const plain = (address: string): string => {
  const zone = address.indexOf("%");
  const bare = zone < 0 ? address : address.slice(0, zone);
  const mapped = bare.slice(0, MAPPED.length).toLowerCase() === MAPPED ? bare.slice(MAPPED.length) : "";
  return isIPv4(mapped) ? mapped : bare;
};

/** A hop as proxies write it: an address, `address:port` or `[address]:port`. Null for what is none. */
const hopOf = (text: string): string | null => {
  const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
  if (bracket > 0) return isIP(text.slice(1, bracket)) === 6 ? plain(text.slice(1, bracket)) : null;
  if (isIP(text) !== 0) return plain(text);
  const colon = text.lastIndexOf(":");
  return colon > 0 && isIPv4(text.slice(0, colon)) ? text.slice(0, colon) : null;
};

const GROUPS = 8;
/** Of eight: a household or a server has a /64 to itself, and every address in it. */
const NETWORK_GROUPS = 4;

/** The first 64 bits of an IPv6 address; any other address as it is. */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // Four numbers with dots at the end stand for two groups.
  const written = before.length + after.length + (address.includes(".") ? 1 : 0);
  const groups = [...before, ...(tail === undefined ? [] : Array(Math.max(0, GROUPS - written)).fill("0")), ...after];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
};

export type ClientAddress = {
  /** The address that a request counts for: an IPv4 address, or an IPv6 network. */
  (request: IncomingMessage): string;
  /** What a connection's other end counts for by itself. */
  readonly ofConnection: (remoteAddress: string) => string;
  /** Whether a connection's other end speaks for many people. */
  readonly isProxy: (remoteAddress: string) => boolean;
};

/** @param trusted networks of the proxies in front of us, as `parseNetwork` takes them */
export const createClientAddress = (trusted: readonly string[]): ClientAddress => {
  const proxies = new BlockList();
  for (const text of trusted) {
    const network = parseNetwork(text);
    if (network === null) throw new Error(`"${text}" is no network`);
    proxies.addSubnet(network.address, network.prefix, network.family);
  }
  const isProxy = (address: string): boolean =>
    trusted.length > 0 && proxies.check(address, isIPv4(address) ? "ipv4" : "ipv6");

  const clientOf = ({ socket, headers }: IncomingMessage): string => {
    let client = plain(socket.remoteAddress ?? "");
    const forwarded = headers["x-forwarded-for"];
    if (forwarded === undefined || !isProxy(client)) return client;
    const chain = String(forwarded).slice(-MAX_CHAIN).split(",").slice(-MAX_HOPS);
    // From the nearest: each trusted one vouches for what it wrote before itself, and nobody for what is left of that.
    for (const text of chain.reverse()) {
      const hop = hopOf(text.trim());
      if (hop === null) break;
      client = hop;
      if (!isProxy(hop)) break;
    }
    return client;
  };

  const addressOf = (request: IncomingMessage): string => networkOf(clientOf(request));
  return Object.assign(addressOf, {
    ofConnection: (address: string) => networkOf(plain(address)),
    isProxy: (address: string) => isProxy(plain(address)),
  });
};
