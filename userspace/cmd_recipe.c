// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "out_recipe.h"

static int recipe_parse_name(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	const struct recipe_source *source;
	int status;

	(void)keyword;
	if (!strcmp(word, "list"))
		return DONE;
	status = recipe_find(word, &source, err);
	if (!status)
		request->operand = source->name;
	return status;
}

const struct keyword recipe_name = {
	"OS", NULL, "which system; without it, all are listed", .parse = recipe_parse_name,
};

static int recipe_parse_undo(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->undo = true;
	return DONE;
}

static int recipe_parse_server(const struct keyword *keyword, const char *word,
			       struct request *request, struct err *err)
{
	struct addr addr;

	(void)keyword;
	request->own_address = word;
	return addr_parse(word, &addr) ? DONE : addr_refuse(word, err);
}

/* It goes between quotes of some shell. */
static int recipe_parse_interface(const struct keyword *keyword,
				  const char *word, struct request *request,
				  struct err *err)
{
	const char *c = word;

	(void)keyword;
	while (isalnum((unsigned char)*c) || (*c && strchr(" .:_-@#()", *c)))
		c++;
	if (*c || !*word)
		return err_usage(err, WORD " is not the name of a device",
				 word);
	request->dev = word;
	return DONE;
}

const struct keyword recipe_keywords[] = {
	{ "undo", NULL, "how to take it back",
	  .parse = recipe_parse_undo },
	{ "server", "ADDRESS", "the real server's own address, where a recipe "
	  "needs it", .parse = recipe_parse_server },
	{ "interface", "NAME", "what its device on the network is called",
	  .parse = recipe_parse_interface },
	{ 0 },
};

static int recipe_list(const struct request *request, const struct out *out,
		       struct err *err)
{
	if (request->n_vips || request->undo || request->own_address ||
	    request->dev)
		return err_usage(err, "OS is missing: give one that dsrctl "
				 "recipe lists");
	out_recipes(out);
	return DONE;
}

/* What is given must have a place, and the recipe its VIPs. */
static int recipe_refuse(const struct recipe_source *source,
			 const struct request *request, struct err *err)
{
	const bool fixed = !strstr(source->text, "\n%command") &&
			   !strstr(source->text, "\n%file");

	if (!request->n_vips && !fixed)
		return err_usage(err, "VIP is missing: dsrctl recipe %s VIP...",
				 source->name);
	if (request->n_vips && fixed)
		return err_usage(err, "%s is not for a VIP: dsrctl recipe %s",
				 source->name, source->name);
	if (request->undo && fixed)
		return err_usage(err, "%s is nothing to undo: leave out undo",
				 source->name);
	if (request->own_address && !strstr(source->text, "{server}"))
		return err_usage(err, "%s has no place for the server's own "
				 "address: leave out server", source->name);
	if (request->dev && !strstr(source->text, "{interface}"))
		return err_usage(err, "%s names no device of the network: "
				 "leave out interface", source->name);
	return DONE;
}

int cmd_recipe(struct request *request, const struct out *out,
	       struct err *err)
{
	struct recipe_values values = {
		.server = request->own_address, .interface = request->dev,
	};
	const struct recipe_source *source;
	struct recipe recipe = { 0 };
	struct addr *vips;
	int status;

	if (!request->operand)
		return recipe_list(request, out, err);
	status = recipe_find(request->operand, &source, err);
	if (!status)
		status = recipe_refuse(source, request, err);
	if (status)
		return status;
	vips = key_addresses(request->vips, request->n_vips, &values.n_vips);
	values.vips = vips;
	status = recipe_fill(source, &values, &recipe, err);
	if (!status)
		out_recipe(out, &recipe, &values, request->undo);
	recipe_clear(&recipe);
	free(vips);
	return status;
}
