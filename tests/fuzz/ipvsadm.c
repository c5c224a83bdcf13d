// SPDX-License-Identifier: GPL-2.0
/* What ipvsadm -Sn prints. */
#include "fuzz.h"
#include "fuzz_import.h"

const char *const fuzz_seeds[] = {
	"-A -t 192.0.2.10:80 -s wlc\n"
	"-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 3\n"
	"-a -t 192.0.2.10:80 -r 10.0.0.12:80 -g -w 1 -x 100 -y 50\n",
	"-A -t 192.0.2.10:443 -s sh -p 300 -M 255.255.255.0 -b sh-port\n"
	"-a -t 192.0.2.10:443 -r 10.0.0.11:8443 -g -w 1\n"
	"-a -t 192.0.2.10:443 -r 10.0.0.12:443 -m -w 1\n",
	"-A -u [2001:db8::10]:53 -s mh -o\n"
	"-a -u [2001:db8::10]:53 -r [2001:db8:1::11]:53 -g -w 70000\n",
	"-A -f 7 -s dh\n-a -f 7 -r 10.0.0.11:0 -g -w 1\n"
	"-A -f 7 -6 -s rr -p 60 -M 64\n"
	"-a -f 7 -6 -r [2001:db8:1::11]:0 -i -w 1 --tun-type gue\n",
	"--add-service --sctp-service 192.0.2.10:0 --scheduler twos --ops\n"
	"--add-server --sctp-service 192.0.2.10 --real-server 10.0.0.11\n",
	NULL
};

const char *const fuzz_words[] = {
	"-A", "-a", "-t", "-u", "-f", "-6", "-s", "-b", "-p", "-M", "-o",
	"ops", "-r", "-w", "-x", "-y", "-g", "-m", "-i", "--pe", "sip",
	"--tun-type", "--sctp-service", "192.0.2.10:80", "192.0.2.10:0",
	"[2001:db8::10]:0", "10.0.0.11", "127.0.0.1:80", "fe80::1", "[::]:0",
	"0", "4294967295", "2147483648", "255.255.0.255", "128", "\n-A ",
	"\n-a ", "192.0.2.10:80,90", "192.0.2.0/24:80", "flag-2,flag-3",
	"\\\n", "\xff", "#", "{", "}", "\"",
	NULL
};

void fuzz_one(const char *text, size_t len)
{
	fuzz_import(import_ipvsadm, text, len);
}
