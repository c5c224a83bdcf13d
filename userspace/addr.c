// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

static const struct {
	uint8_t number;
	const char *name;
} protocols[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
};

#define N_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

bool addr_number(const char *word, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;
	const char *c;

	if (!*word || (word[0] == '0' && word[1]))
		return false;
	for (c = word; *c; c++) {
		if (!isdigit((unsigned char)*c))
			return false;
		value = value * 10 + (*c - '0');
		if (value > max)
			return false;
	}
	*number = value;
	return true;
}

/* An address and nothing else. */
static bool addr_parse(const char *word, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	if (addr->family == AF_INET6)
		return inet_pton(AF_INET6, word, &addr->v6) == 1;
	return inet_pton(AF_INET, word, &addr->v4) == 1;
}

/* The bytes from @from up to @to as an address. */
static bool addr_parse_part(const char *from, const char *to,
			    struct addr *addr)
{
	char part[ADDR_TEXT];
	size_t len = to - from;

	if (len >= sizeof(part))
		return false;
	memcpy(part, from, len);
	part[len] = '\0';
	return addr_parse(part, addr);
}

/* The part of @word before @end is no address. */
static int addr_not_an_address(const char *word, const char *end,
			       struct err *err)
{
	int len = end - word;
	const char *c;

	for (c = word; c < end && *c != ':'; c++) {
		if (isalpha((unsigned char)*c))
			return err_usage(err, "\"%.*s\" is not an IP address; "
					 "names are not looked up",
					 len < 80 ? len : 80, word);
	}
	return err_usage(err, "\"%.*s\" is not an IP address",
			 len < 80 ? len : 80, word);
}

/*
 * Split ADDRESS, ADDRESS:PORT, [ADDRESS] or [ADDRESS]:PORT.
 * Return: where the address ends, with @addr filled and @port at the text of
 * the port or NULL; or NULL if there is no address.
 */
static const char *addr_split(const char *word, struct addr *addr,
			      const char **port)
{
	const char *end;

	*port = NULL;
	if (addr_parse(word, addr))
		return strchr(word, '\0');
	if (word[0] == '[') {
		end = strchr(++word, ']');
		if (end && end[1] == ':')
			*port = end + 2;
		else if (end && end[1])
			end = NULL;
	} else {
		end = strchr(word, ':');
		if (end)
			*port = end + 1;
	}
	return end && addr_parse_part(word, end, addr) ? end : NULL;
}

/* Why a word has no address in front of a port. */
static int addr_refuse_virtual(const char *word, struct err *err)
{
	const char *end;

	if (word[0] != '[') {
		end = strchr(word, ':');
		if (!end || end == word || strchr(end + 1, ':'))
			end = strchr(word, '\0');
		return addr_not_an_address(word, end, err);
	}
	end = strchr(++word, ']');
	if (!end)
		return err_usage(err, WORD ": \"]\" is missing after the "
				 "address", word - 1);
	if (end[1] && end[1] != ':')
		return err_usage(err, WORD ": write [VIP]:PORT", word - 1);
	return addr_not_an_address(word, end, err);
}

int addr_parse_virtual(const char *word, struct addr *addr, uint16_t *port,
		       struct err *err)
{
	const char *port_word;
	uint32_t number;

	if (!addr_split(word, addr, &port_word))
		return addr_refuse_virtual(word, err);
	if (addr->family == AF_INET6 && word[0] != '[')
		return err_usage(err, WORD ": write [VIP]:PORT for IPv6",
				 word);
	if (addr->family == AF_INET && word[0] == '[')
		return err_usage(err, WORD ": only IPv6 addresses have "
				 "brackets", word);
	if (!port_word || !*port_word)
		return err_usage(err, WORD ": the port is missing: write %s",
				 word, word[0] == '[' ? "[VIP]:PORT" :
				 "VIP:PORT");
	if (!addr_number(port_word, UINT16_MAX, &number) || !number)
		return err_usage(err, WORD ": port " WORD
				 " is not a number from 1 to 65535",
				 word, port_word);
	*port = number;
	return DONE;
}

int addr_parse_protocol(const char *word, uint8_t *protocol, struct err *err)
{
	struct err ignored;
	struct addr addr;
	uint16_t port;
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++) {
		if (!strcmp(word, protocols[i].name)) {
			*protocol = protocols[i].number;
			return DONE;
		}
	}
	for (i = 0; i < N_PROTOCOLS; i++) {
		if (!strcasecmp(word, protocols[i].name))
			return err_usage(err, "unknown protocol " WORD
					 ": write %s",
					 word, protocols[i].name);
	}
	if (!addr_parse_virtual(word, &addr, &port, &ignored))
		return err_usage(err, WORD ": the protocol is missing: "
				 "write tcp %.80s or udp %.80s",
				 word, word, word);
	return err_usage(err, "unknown protocol " WORD
			 ": a service is written tcp|udp VIP:PORT", word);
}

/*
 * @word is @addr with brackets or a port. Say what to leave out, and if the
 * port differs from the service's, why that cannot be.
 */
static int addr_refuse_port(const char *word, const char *port_word,
			    const struct addr *addr,
			    const struct service_key *service,
			    struct err *err)
{
	char text[ADDR_TEXT];
	uint32_t port;

	addr_text(addr, text);
	if (!port_word)
		return err_usage(err, WORD ": write it without brackets: %s",
				 word, text);
	if (addr_number(port_word, UINT16_MAX, &port) && port &&
	    port != service->port)
		return err_usage(err, WORD ": direct routing cannot change the "
				 "port: the server must listen on %u; write %s",
				 word, service->port, text);
	return err_usage(err, WORD ": leave out the port, it is always the "
			 "service's: write %s", word, text);
}

int addr_parse_server(const char *word, const struct service_key *service,
		      struct addr *addr, struct err *err)
{
	const char *end, *port_word;

	end = addr_split(word, addr, &port_word);
	if (!end)
		return addr_not_an_address(word, strchr(word, '\0'), err);
	if (!addr_compare(addr, &service->addr))
		return err_usage(err, WORD " is the service's virtual address: "
				 "give the server's own", word);
	if (*end)
		return addr_refuse_port(word, port_word, addr, service, err);
	return DONE;
}

bool addr_mac_is_zero(const struct mac *mac)
{
	static const struct mac zero;

	return !memcmp(mac, &zero, sizeof(zero));
}

/* Six pairs of hexadecimal digits with colons between them. */
static bool addr_scan_mac(const char *word, struct mac *mac)
{
	size_t i;

	if (strlen(word) != MAC_TEXT - 1)
		return false;
	for (i = 0; i < sizeof(mac->byte); i++, word += 3) {
		if (!isxdigit((unsigned char)word[0]) ||
		    !isxdigit((unsigned char)word[1]) ||
		    word[2] != (i < sizeof(mac->byte) - 1 ? ':' : '\0'))
			return false;
		mac->byte[i] = strtoul(word, NULL, 16);
	}
	return true;
}

int addr_parse_mac(const char *word, struct mac *mac, struct err *err)
{
	memset(mac, 0, sizeof(*mac));
	if (!strcmp(word, "auto"))
		return DONE;
	if (!addr_scan_mac(word, mac))
		return err_usage(err, "mac " WORD " is not a MAC address: "
				 "write 02:00:00:00:00:0b, or auto", word);
	if (mac->byte[0] & 1)
		return err_usage(err, "mac " WORD " is a %s address: "
				 "give the MAC address of one server", word,
				 strcasecmp(word, "ff:ff:ff:ff:ff:ff") ?
				 "multicast" : "broadcast");
	if (addr_mac_is_zero(mac))
		return err_usage(err, "mac " WORD ": write auto to use the "
				 "neighbour table", word);
	return DONE;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family == AF_INET ? -1 : 1;
	if (a->family == AF_INET)
		return memcmp(&a->v4, &b->v4, sizeof(a->v4));
	return memcmp(&a->v6, &b->v6, sizeof(a->v6));
}

int addr_compare_service(const struct service_key *a,
			 const struct service_key *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	if (order)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (int)a->protocol - b->protocol;
}

const char *addr_protocol_name(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++) {
		if (protocols[i].number == protocol)
			return protocols[i].name;
	}
	return NULL;
}

const char *addr_text(const struct addr *addr, char text[ADDR_TEXT])
{
	const void *bytes = &addr->v4;

	if (addr->family == AF_INET6)
		bytes = &addr->v6;
	return inet_ntop(addr->family, bytes, text, ADDR_TEXT);
}

const char *addr_mac_text(const struct mac *mac, char text[MAC_TEXT])
{
	const uint8_t *b = mac->byte;

	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5]);
	return text;
}

const char *addr_service_text(const struct service_key *key,
			      char text[SERVICE_TEXT])
{
	const char *name = addr_protocol_name(key->protocol);
	char addr[ADDR_TEXT];

	addr_text(&key->addr, addr);
	snprintf(text, SERVICE_TEXT,
		 key->addr.family == AF_INET6 ? "%s [%s]:%u" : "%s %s:%u",
		 name ? name : "?", addr, key->port);
	return text;
}
