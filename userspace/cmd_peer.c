// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "nl.h"

/* In the place of a server, of which a peer has a part. */
static int peer_parse_address(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	(void)keyword;
	return addr_parse(word, &request->server.addr) ? DONE :
	       addr_refuse(word, err);
}

const struct keyword peer_address = {
	"ADDRESS", NULL, "the other director's own IP address",
	.parse = peer_parse_address,
};

int cmd_peer_change(struct request *request, const struct out *out,
		    struct err *err)
{
	struct server *peer = &request->server;
	struct dsr_nl *nl;
	int status = DONE;

	(void)out;
	if (request->op == DSR_CMD_PEER_ADD)
		status = server_needs_dev(peer, err);
	if (!status)
		status = server_find_dev(peer, err);
	if (!status)
		status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_peer(nl, request->op, peer, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_peer_show(struct request *request, const struct out *out,
		  struct err *err)
{
	const struct addr *only = &request->server.addr;
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_peers(nl, only->family ? only : NULL, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_peers(out, &model);
	}
	model_clear(&model);
	return status;
}
