// SPDX-License-Identifier: GPL-2.0
/* A keepalived.conf. */
#include "fuzz.h"
#include "fuzz_import.h"

const char *const fuzz_seeds[] = {
	"! comment\nglobal_defs {\n  router_id LVS\n}\n"
	"virtual_server 192.0.2.10 80 {\n  lvs_sched wrr\n  lvs_method DR\n"
	"  persistence_timeout 50\n  protocol TCP\n"
	"  real_server 10.0.0.11 80 {\n    weight 3\n    TCP_CHECK {\n"
	"      connect_timeout 3\n    }\n  }\n"
	"  real_server 10.0.0.12 80 { weight 1 }\n}\n",
	"virtual_server_group WEB {\n  192.0.2.10-12 80\n"
	"  2001:db8::10-1f 443\n  fwmark 7\n}\n"
	"virtual_server group WEB {\n  lb_algo mh\n  lb_kind DR\n  mh-port\n"
	"  persistence_granularity 255.255.255.0\n  persistence_timeout\n"
	"  sorry_server 10.0.0.99 80\n  real_server 10.0.0.11 80 {\n"
	"    uthreshold 100\n    lthreshold 50\n    inhibit_on_failure\n"
	"    notify_up \"/bin/true { }\"\n  }\n}\n",
	"virtual_server fwmark 7\n{\nip_family inet6\nops\nprotocol UDP\n"
	"lvs_method DR\nreal_server 2001:db8:1::11 53\n{\nlvs_method NAT\n}\n"
	"sorry_server 2001:db8:1::99\nsorry_server_lvs_method TUN\n"
	"real_server 2001:db8:1::12 53\n}\ninclude *.conf\n@a b\n$X=1\n",
	NULL
};

const char *const fuzz_words[] = {
	"{", "}", "{}", "\n", "\"", "#", "!", "\\\n", " ",
	"virtual_server ", "virtual_server_group ", "group ", "WEB",
	"fwmark ", "real_server ", "sorry_server ", "lvs_method DR\n",
	"lvs_method NAT\n", "lvs_method TUN type gue port 6080\n",
	"lvs_sched ", "sh\n", "fo\n", "lblc\n", "sh-port\n", "flag-3\n",
	"persistence_timeout 60\n", "persistence_granularity 64\n",
	"persistence_engine sip\n", "ops\n", "weight 65536\n", "uthreshold 9\n",
	"lthreshold 10\n", "quorum 1\n", "HTTP_GET {", "protocol SCTP\n",
	"192.0.2.10", "192.0.2.10-9", "192.0.2.0-255", "2001:db8::-ffff",
	"192.0.2.250-192.0.3.9", "192.0.2.8/29",
	"10.0.0.11", "127.0.0.1", "fe80::1", "0", "80", "80-90", "65536",
	"include x", "@h ", "$V", "~SEQ", "\xff",
	NULL
};

void fuzz_one(const char *text, size_t len)
{
	fuzz_import(import_keepalived, text, len);
}
