/**
 * Which addresses are on the open internet. What others name as theirs is judged by this alone: by the parsed IP address
 * whatever its spelling, after a name was resolved, and for the very connection that is then made, so that a name which
 * answers twice in two ways gains nothing. Everything that is not known to be public is private.
 */
import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

type Subnet = readonly [network: string, prefix: number];

const listOf = (family: "ipv4" | "ipv6", subnets: readonly Subnet[]): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
};

/** IANA's special-purpose addresses: this machine, its networks, the providers', documentation, multicast, reserved. */
const SPECIAL_IPV4 = listOf("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
]);

/** Nothing outside of it is on the internet: loopback, ULA, link-local, multicast and NAT64 are not. */
const GLOBAL_IPV6 = listOf("ipv6", [["2000::", 3]]);

/** Protocols' own (Teredo among them), documentation, and 6to4, which leads wherever the IPv4 address in it does. */
const SPECIAL_IPV6 = listOf("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

/** As one writes it, or as the WHATWG URL parser does. */
const MAPPED_IPV4 = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** An IPv4 address inside of IPv6 is the IPv4 address. */
const mappedIpv4 = (address: string): string | null => {
  const [, dotted, high, low] = MAPPED_IPV4.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return null;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join(".");
};

/** @param address an IP address; anything else is private */
export const isPrivate = (address: string): boolean => {
  const ipv4 = mappedIpv4(address) ?? address;
  if (isIP(ipv4) === 4) return SPECIAL_IPV4.check(ipv4, "ipv4");
  if (isIP(address) !== 6) return true;
  return !GLOBAL_IPV6.check(address, "ipv6") || SPECIAL_IPV6.check(address, "ipv6");
};

/** The host of a URL: an address loses the brackets that a URL puts around it. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

/** Whether a host is an address that is private, or a name that means this machine everywhere. */
export const isPrivateHost = (host: string): boolean =>
  isIP(host) === 0 ? /(^|\.)localhost\.?$/i.test(host) : isPrivate(host);

/** Only what is resolved here is connected to: refused where one of a name's addresses is private. */
export const resolvePublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivate(address))) {
      return callback(new Error("the address is private"), "", 0);
    }
    // Node asks for all of them when it wants to race the two families.
    if (options.all === true) (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
    else callback(null, first.address, first.family);
  });
};
