// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"

static const struct {
	uint8_t number;
	const char *name;
} protocols[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ IPPROTO_SCTP, "sctp" },
	{ 0, "any" },
};

#define N_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

/* The parts of VIP[/LEN][:PORTS]; what is not there is NULL. */
struct parts {
	char *addr;
	char *len;
	char *ports;
	bool brackets;
};

/* --- Text to key --------------------------------------------------------- */

/* No memory ends the program. */
static void *key_alloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return memory;
}

/* End @text at its first @c. Return: what follows, or NULL without a @c. */
static char *key_cut(char *text, char c)
{
	char *at = strchr(text, c);

	if (at)
		*at++ = '\0';
	return at;
}

/* Colons of an IPv6 address without brackets do not start the ports. */
static void key_split_bare(char *text, struct parts *parts)
{
	char *colon = strchr(text, ':');

	parts->addr = text;
	if (colon && !strchr(colon + 1, ':'))
		parts->ports = key_cut(text, ':');
	parts->len = key_cut(text, '/');
	if (parts->len && !parts->ports)
		parts->ports = key_cut(parts->len, ':');
}

/* [VIP], [VIP/LEN] or [VIP]/LEN, each with :PORTS or without. */
static int key_split_brackets(const char *word, char *text,
			      struct parts *parts, struct err *err)
{
	char *rest = key_cut(text, ']');

	if (!rest)
		return err_usage(err, WORD ": \"]\" is missing after the "
				 "address", word);
	parts->brackets = true;
	parts->addr = text + 1;
	parts->ports = key_cut(rest, ':');
	parts->len = key_cut(parts->addr, '/');
	if (*rest && *rest != '/')
		return err_usage(err, WORD ": write [VIP]:PORTS", word);
	if (*rest && parts->len)
		return err_usage(err, WORD ": the prefix length is given "
				 "twice: leave one out", word);
	if (*rest)
		parts->len = rest + 1;
	return DONE;
}

/* @text is a copy of @word, and cut into @parts. */
static int key_split(const char *word, char *text, struct parts *parts,
		     struct err *err)
{
	memset(parts, 0, sizeof(*parts));
	if (*text == '[')
		return key_split_brackets(word, text, parts, err);
	key_split_bare(text, parts);
	return DONE;
}

/* Ports after an IPv6 address without brackets are the likely mistake. */
static int key_refuse_addr(const char *word, const struct parts *parts,
			   struct err *err)
{
	struct addr addr;
	int status;

	status = addr_refuse(*parts->addr ? parts->addr : word, err);
	if (!parts->brackets && strrchr(parts->addr, ':')) {
		*strrchr(parts->addr, ':') = '\0';
		if (addr_parse(parts->addr, &addr))
			return err_usage(err, WORD ": write [VIP]:PORTS for "
					 "IPv6", word);
	}
	return status;
}

static int key_parse_addr(const char *word, const struct parts *parts,
			  struct service_key *key, struct err *err)
{
	if (!addr_parse(parts->addr, &key->addr))
		return key_refuse_addr(word, parts, err);
	if (key->addr.family == AF_INET && parts->brackets)
		return err_usage(err, WORD ": only IPv6 addresses have "
				 "brackets", word);
	if (key->addr.family == AF_INET6 && parts->ports && !parts->brackets)
		return err_usage(err, WORD ": write [VIP]:PORTS for IPv6",
				 word);
	return DONE;
}

static int key_parse_prefix(const char *word, const char *len_word,
			    struct service_key *key, struct err *err)
{
	const unsigned int bits = addr_bits(&key->addr);
	const struct addr given = key->addr;
	char text[ADDR_TEXT];
	uint32_t len = bits;

	if (len_word && !addr_number(len_word, bits, &len))
		return err_usage(err, WORD ": prefix length " WORD
				 " is not a number from 0 to %u",
				 word, len_word, bits);
	key->prefix_len = len;
	addr_mask(&key->addr, len);
	if (addr_compare(&key->addr, &given))
		return err_usage(err, WORD ": bits after the prefix are set: "
				 "the prefix is %s/%u; for the one address "
				 "leave out \"/%u\"", word,
				 addr_text(&key->addr, text), len, len);
	return DONE;
}

static bool key_scan_port(const char *word, uint32_t *port)
{
	return addr_number(word, UINT16_MAX, port) && *port;
}

/* PORT or PORT-PORT. */
static int key_parse_range(const char *word, char *item,
			   struct port_range *range, struct err *err)
{
	const char *end = key_cut(item, '-');
	uint32_t first, last;

	if (!*item && !end)
		return err_usage(err, WORD ": a port is missing: write it, or "
				 "leave out the comma", word);
	if (!end && !key_scan_port(item, &first))
		return err_usage(err, WORD ": port " WORD
				 " is not a number from 1 to 65535",
				 word, item);
	if (!end)
		end = item;
	if (!key_scan_port(item, &first) || !key_scan_port(end, &last))
		return err_usage(err, WORD ": ports \"%.80s-%.80s\" are not "
				 "two numbers from 1 to 65535", word, item,
				 end);
	if (first > last)
		return err_usage(err, WORD ": ports \"%s-%s\" are the wrong "
				 "way round: write %s-%s", word, item, end,
				 end, item);
	range->first = first;
	range->last = last;
	return DONE;
}

static int key_compare_ranges(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	return (int)x->first - y->first;
}

/* The fewest ranges that hold all ports of the @n @ranges, which get sorted. */
static int key_collect_ports(const char *word, struct port_range *ranges,
			     size_t n, struct service_key *key,
			     struct err *err)
{
	struct port_range *last = NULL;
	size_t i;

	qsort(ranges, n, sizeof(*ranges), key_compare_ranges);
	for (i = 0; i < n; i++) {
		if (last && ranges[i].first <= last->last + 1) {
			if (last->last < ranges[i].last)
				last->last = ranges[i].last;
			continue;
		}
		if (key->n_ports == MAX_PORT_RANGES)
			return err_usage(err, WORD ": these are more than %u "
					 "ranges of ports: divide them between "
					 "services", word, MAX_PORT_RANGES);
		last = &key->ports[key->n_ports++];
		*last = ranges[i];
	}
	return DONE;
}

/* A list of ports, as it is written. */
static int key_parse_list(const char *word, char *ports,
			  struct service_key *key, struct err *err)
{
	struct port_range *ranges;
	int status = DONE;
	size_t n = 0;
	char *item;

	/* Every item but the last has a comma. */
	ranges = key_alloc((strlen(ports) + 1) * sizeof(*ranges));
	while (ports && !status) {
		item = ports;
		ports = key_cut(item, ',');
		status = key_parse_range(word, item, &ranges[n++], err);
	}
	if (!status)
		status = key_collect_ports(word, ranges, n, key, err);
	free(ranges);
	return status;
}

static int key_parse_ports(const char *word, char *ports,
			   struct service_key *key, struct err *err)
{
	if (!ports)
		return DONE;
	if (!key->protocol)
		return err_usage(err, WORD ": \"any\" takes no ports, for "
				 "not every protocol has them: leave out "
				 "\":%.80s\", or write tcp, udp or sctp",
				 word, ports);
	if (!*ports)
		return err_usage(err, WORD ": the port is missing: write it, "
				 "or leave out \":\" for every port", word);
	return key_parse_list(word, ports, key, err);
}

/* VIP[/LEN][:PORTS]; @text is a copy of @word to be cut. */
static int key_parse_virtual(const char *word, char *text,
			     struct service_key *key, struct err *err)
{
	struct parts parts;
	int status;

	status = key_split(word, text, &parts, err);
	if (!status)
		status = key_parse_addr(word, &parts, key, err);
	if (!status)
		status = key_parse_prefix(word, parts.len, key, err);
	if (!status)
		status = key_parse_ports(word, parts.ports, key, err);
	return status;
}

static char *key_copy(const char *word)
{
	return strcpy(key_alloc(strlen(word) + 1), word);
}

/* @kind is no protocol. Perhaps it is an address, or written differently. */
static int key_refuse_kind(const char *kind, struct err *err)
{
	struct service_key key = { .protocol = IPPROTO_TCP };
	char *copy = key_copy(kind);
	struct err ignored;
	bool is_virtual;
	size_t i;

	is_virtual = !key_parse_virtual(kind, copy, &key, &ignored);
	free(copy);
	if (is_virtual)
		return err_usage(err, WORD ": the protocol is missing: a "
				 "service is written " KEY_USAGE, kind);
	for (i = 0; i < N_PROTOCOLS; i++) {
		if (!strcasecmp(kind, protocols[i].name))
			return err_usage(err, "unknown protocol " WORD
					 ": write %s",
					 kind, protocols[i].name);
	}
	return err_usage(err, "unknown protocol " WORD ": a service is written "
			 KEY_USAGE, kind);
}

static bool key_parse_protocol_name(const char *word, uint8_t *protocol)
{
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++) {
		if (!strcmp(word, protocols[i].name)) {
			*protocol = protocols[i].number;
			return true;
		}
	}
	return false;
}

bool key_parse_protocol(const char *word, uint8_t *protocol)
{
	uint32_t number;

	if (key_parse_protocol_name(word, protocol))
		return true;
	if (!addr_number(word, UINT8_MAX, &number))
		return false;
	*protocol = number;
	return true;
}

static int key_parse_fwmark(const char *word, struct service_key *key,
			    struct err *err)
{
	if (!word)
		return err_usage(err, "N is missing after fwmark: write "
				 "fwmark N");
	if ((!addr_number(word, UINT32_MAX, &key->fwmark) &&
	     !addr_hex_number(word, &key->fwmark)) || !key->fwmark)
		return err_usage(err, "fwmark " WORD " is not a number from 1 "
				 "to 4294967295 or 0x1 to 0xffffffff", word);
	return DONE;
}

int key_parse(const char *kind, const char *word, struct service_key *key,
	      struct err *err)
{
	char *copy;
	int status;

	memset(key, 0, sizeof(*key));
	if (!strcmp(kind, "fwmark"))
		return key_parse_fwmark(word, key, err);
	if (!key_parse_protocol_name(kind, &key->protocol))
		return key_refuse_kind(kind, err);
	if (!word)
		return err_usage(err, "VIP is missing after %s: write %s "
				 "VIP[/LEN]%s", kind, kind,
				 key->protocol ? "[:PORTS]" : "");
	copy = key_copy(word);
	status = key_parse_virtual(word, copy, key, err);
	free(copy);
	return status;
}

int key_parse_endpoint(const char *word, struct endpoint *endpoint,
		       struct err *err)
{
	struct service_key key = { .protocol = IPPROTO_TCP };
	char *copy;
	int status;

	memset(endpoint, 0, sizeof(*endpoint));
	if (!strcmp(word, "-"))
		return DONE;
	copy = key_copy(word);
	status = key_parse_virtual(word, copy, &key, err);
	free(copy);
	if (status)
		return status;
	if (key.n_ports && key.ports[0].first != key.ports[key.n_ports - 1].last)
		return err_usage(err, WORD ": give one port, or leave out the "
				 "ports", word);
	endpoint->addr = key.addr;
	endpoint->prefix_len = key.prefix_len;
	endpoint->port = key.ports[0].first;
	return DONE;
}

/* --- Key to text --------------------------------------------------------- */

const char *key_protocol_name(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++) {
		if (protocols[i].number == protocol)
			return protocols[i].name;
	}
	return NULL;
}

/* ":80,8000-8099", or nothing for any port; written into @text. */
static void key_ports_text(const struct service_key *key, char *text,
			   size_t size)
{
	const struct port_range *range;
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < key->n_ports && len < size; i++) {
		range = &key->ports[i];
		len += snprintf(text + len, size - len, "%c%u",
				i ? ',' : ':', range->first);
		if (range->last != range->first && len < size)
			len += snprintf(text + len, size - len, "-%u",
					range->last);
	}
}

/* "192.0.2.0/24:80" */
static void key_virtual_text(const struct service_key *key, char *text,
			     size_t size)
{
	const bool brackets = key->addr.family == AF_INET6 && key->n_ports;
	char addr[ADDR_TEXT], prefix[8] = "";
	int len;

	if (key->prefix_len != addr_bits(&key->addr))
		snprintf(prefix, sizeof(prefix), "/%u", key->prefix_len);
	len = snprintf(text, size, brackets ? "[%s%s]" : "%s%s",
		       addr_text(&key->addr, addr), prefix);
	key_ports_text(key, text + len, size - len);
}

const char *key_text(const struct service_key *key, char text[SERVICE_TEXT])
{
	const char *name = key_protocol_name(key->protocol);
	char number[16];
	int len;

	if (key->fwmark) {
		snprintf(text, SERVICE_TEXT, "fwmark %u", key->fwmark);
		return text;
	}
	snprintf(number, sizeof(number), "protocol-%u", key->protocol);
	len = snprintf(text, SERVICE_TEXT, "%s ", name ? name : number);
	key_virtual_text(key, text + len, SERVICE_TEXT - len);
	return text;
}

const char *key_endpoint_text(const struct endpoint *endpoint,
			      char text[ENDPOINT_TEXT])
{
	const struct service_key key = {
		.prefix_len = endpoint->prefix_len,
		.n_ports = endpoint->port != 0,
		.addr = endpoint->addr,
		.ports = { { endpoint->port, endpoint->port } },
	};

	if (!endpoint->addr.family)
		return strcpy(text, "-");
	key_virtual_text(&key, text, ENDPOINT_TEXT);
	return text;
}

const char *key_protocol_text(uint8_t protocol, char text[PROTOCOL_TEXT])
{
	const char *name = key_protocol_name(protocol);

	if (name)
		return strcpy(text, name);
	snprintf(text, PROTOCOL_TEXT, "%u", protocol);
	return text;
}

/* --- Order --------------------------------------------------------------- */

/* 0 stands for any or none, and comes last. */
static int key_order(uint32_t a, uint32_t b)
{
	a--;
	b--;
	return (a > b) - (a < b);
}

/* By the lowest port that only one of them has; any port last. */
static int key_compare_ports(const struct service_key *a,
			     const struct service_key *b)
{
	size_t i;

	for (i = 0; i < a->n_ports && i < b->n_ports; i++) {
		if (a->ports[i].first != b->ports[i].first)
			return (int)a->ports[i].first - b->ports[i].first;
		if (a->ports[i].last != b->ports[i].last)
			return (int)a->ports[i].last - b->ports[i].last;
	}
	return key_order(a->n_ports, b->n_ports);
}

int key_compare(const struct service_key *a, const struct service_key *b)
{
	int order = key_order(a->fwmark, b->fwmark);

	if (!order)
		order = addr_compare(&a->addr, &b->addr);
	if (!order)
		order = (int)b->prefix_len - a->prefix_len;
	if (!order)
		order = key_compare_ports(a, b);
	if (!order)
		order = key_order(a->protocol, b->protocol);
	return order;
}

/* --- Servers ------------------------------------------------------------- */

static bool key_has_port(const struct service_key *key, uint32_t port)
{
	size_t i;

	for (i = 0; i < key->n_ports; i++) {
		if (port >= key->ports[i].first && port <= key->ports[i].last)
			return true;
	}
	return !key->n_ports;
}

/*
 * @word is @addr with brackets or a port. Say what to leave out, and if the
 * port is none of the service's, why that cannot be.
 */
static int key_refuse_port(const char *word, const char *port_word,
			   const struct addr *addr,
			   const struct service_key *service, struct err *err)
{
	char text[ADDR_TEXT], ports[PORTS_TEXT + 1];
	uint32_t port;

	addr_text(addr, text);
	if (!port_word)
		return err_usage(err, WORD ": write it without brackets: %s",
				 word, text);
	key_ports_text(service, ports, sizeof(ports));
	if (key_scan_port(port_word, &port) && !key_has_port(service, port))
		return err_usage(err, WORD ": direct routing cannot change the "
				 "port: the server must listen on %s; write %s",
				 word, ports + 1, text);
	return err_usage(err, WORD ": leave out the port, it is always the "
			 "service's: write %s", word, text);
}

static bool key_is_vip(const struct service_key *key, const struct addr *addr)
{
	return key->prefix_len == addr_bits(addr) &&
	       !addr_compare(&key->addr, addr);
}

/* @text is a copy of @word to be cut. */
static int key_parse_server_text(const char *word, char *text,
				 const struct service_key *service,
				 struct addr *addr, struct err *err)
{
	bool bare = addr_parse(word, addr);
	struct parts parts;
	const char *zone;

	if (!bare && (key_split(word, text, &parts, err) || parts.len ||
		      !addr_parse(parts.addr, addr))) {
		zone = strchr(word, '%');
		if (zone)
			return err_usage(err, WORD ": leave out " WORD ": the "
					 "device of a server is given by dev",
					 word, zone);
		return addr_refuse(word, err);
	}
	if (key_is_vip(service, addr))
		return err_usage(err, WORD " is the service's virtual address: "
				 "give the server's own", word);
	if (!bare)
		return key_refuse_port(word, parts.ports, addr, service, err);
	return DONE;
}

int key_parse_server(const char *word, const struct service_key *service,
		     struct addr *addr, struct err *err)
{
	char *copy = key_copy(word);
	int status;

	status = key_parse_server_text(word, copy, service, addr, err);
	free(copy);
	return status;
}

/* Why this address can be no VIP of a real server, or NULL. */
static const char *key_not_vip(const struct service_key *key)
{
	const struct addr *addr = &key->addr;
	const uint32_t v4 = ntohl(addr->v4.s_addr);
	bool many;

	if (key->prefix_len != addr_bits(addr))
		return "is a prefix: give single addresses";
	if (addr->family == AF_INET)
		many = IN_MULTICAST(v4) || IN_BADCLASS(v4) || !v4;
	else
		many = IN6_IS_ADDR_MULTICAST(&addr->v6) ||
		       IN6_IS_ADDR_UNSPECIFIED(&addr->v6);
	if (many || addr_is_loopback(addr))
		return "is no address of one machine: give the VIP";
	return NULL;
}

/* An address alone. That it has ports is the likely mistake. */
static int key_parse_bare_vip(const char *word, struct service_key *key,
			      struct err *err)
{
	memset(key, 0, sizeof(*key));
	if (addr_parse(word, &key->addr)) {
		key->prefix_len = addr_bits(&key->addr);
		return DONE;
	}
	if (key_parse("tcp", word, key, err))
		return addr_refuse(word, err);
	if (key->n_ports)
		return err_usage(err, WORD ": the protocol is missing: write "
				 "tcp %s", word, word);
	return DONE;
}

int key_parse_vip(const char *word, const char *next, bool *took_next,
		  struct service_key *key, struct err *err)
{
	const char *wrong;
	uint8_t protocol;
	int status;

	*took_next = key_parse_protocol_name(word, &protocol) && next;
	if (!strcmp(word, "fwmark"))
		return err_usage(err, "a firewall mark has no address: give "
				 "the VIP");
	if (key_parse_protocol_name(word, &protocol))
		status = key_parse(word, next, key, err);
	else
		status = key_parse_bare_vip(word, key, err);
	if (status)
		return status;
	wrong = key_not_vip(key);
	if (wrong)
		return err_usage(err, WORD " %s", *took_next ? next : word,
				 wrong);
	return DONE;
}

bool key_begins_vip(const char *word)
{
	uint8_t protocol;

	return strpbrk(word, ".:") || !strcmp(word, "fwmark") ||
	       key_parse_protocol_name(word, &protocol);
}

struct addr *key_addresses(const struct service_key *keys, size_t n,
			   size_t *n_addresses)
{
	struct addr *addresses = key_alloc(n * sizeof(*addresses) + 1);
	size_t i, j;

	*n_addresses = 0;
	for (i = 0; i < n; i++) {
		for (j = 0; j < *n_addresses; j++) {
			if (!addr_compare(&addresses[j], &keys[i].addr))
				break;
		}
		addresses[j] = keys[i].addr;
		*n_addresses += j == *n_addresses;
	}
	return addresses;
}
