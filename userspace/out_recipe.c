// SPDX-License-Identifier: GPL-2.0
#include <json.h>
#include <string.h>

#include "out_json.h"
#include "out_recipe.h"
#include "table.h"

/* --- Text ----------------------------------------------------------------- */

static void out_recipes_table(const struct out *out)
{
	const struct recipe_source *source;
	struct table table;

	table_start(&table, out);
	table_column(&table, "RECIPE", false);
	table_column(&table, "FOR", false);
	for (source = recipe_sources; source->name; source++) {
		const char *title = strchr(source->text, ' ') + 1;

		table_row(&table);
		table_set(&table, 0, PLAIN, "%s", source->name);
		table_set(&table, 1, PLAIN, "%.*s",
			  (int)strcspn(title, "\n"), title);
	}
	table_end(&table);
}

/* Each line as a comment; without a word for it as it is. */
static void out_comment(const struct out *out, const char *comment,
			const char *text)
{
	while (*text) {
		const int len = strcspn(text, "\n");

		fprintf(out->to, "%s%s%.*s\n", comment,
			*comment && len ? " " : "", len, text);
		text += len + (text[len] == '\n');
	}
}

static void out_heading(const struct out *out, const struct recipe *recipe,
			const struct recipe_values *values, bool undo)
{
	char text[ADDR_TEXT];
	size_t i;

	fprintf(out->to, "%s %s%s", recipe->comment,
		undo ? "To take back: " : "", recipe->title);
	for (i = 0; i < values->n_vips; i++)
		fprintf(out->to, "%s%s", i ? ", " : ": ",
			addr_text(&values->vips[i], text));
	fputc('\n', out->to);
}

/* A file is written by the shell that this is pasted into. */
static void out_part(const struct out *out, const struct recipe_part *part)
{
	fputc('\n', out->to);
	if (part->file)
		fprintf(out->to, "cat >%s <<'END'\n%sEND\n", part->file,
			part->text);
	else
		fputs(part->text, out->to);
}

static void out_notes(const struct out *out, const struct recipe *recipe)
{
	const char *comment = recipe_has(recipe, RECIPE_STEP) ?
			      recipe->comment : "";
	size_t i;

	for (i = 0; i < recipe->n_parts; i++) {
		if (recipe->parts[i].kind != RECIPE_NOTE)
			continue;
		fputc('\n', out->to);
		out_comment(out, comment, recipe->parts[i].text);
	}
	if (*comment)
		fprintf(out->to, "\n%s What else may be in the way: "
			"dsrctl recipe notes\n", comment);
}

static void out_recipe_text(const struct out *out, const struct recipe *recipe,
			    const struct recipe_values *values, bool undo)
{
	const enum recipe_kind kind = undo ? RECIPE_UNDO : RECIPE_STEP;
	size_t i;

	out_heading(out, recipe, values, undo);
	for (i = 0; i < recipe->n_parts; i++) {
		if (recipe->parts[i].kind == kind)
			out_part(out, &recipe->parts[i]);
	}
	if (!undo)
		out_notes(out, recipe);
}

/* --- JSON ----------------------------------------------------------------- */

static struct json_object *json_parts(const struct recipe *recipe,
				      enum recipe_kind kind)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < recipe->n_parts; i++) {
		struct json_object *json;

		if (recipe->parts[i].kind != kind)
			continue;
		json = json_object_new_object();
		json_add_text(json, "file", recipe->parts[i].file);
		json_add_text(json, "text", recipe->parts[i].text);
		json_object_array_add(array, json);
	}
	return array;
}

/* Each note is one line. */
static struct json_object *json_notes(const struct recipe *recipe)
{
	struct json_object *array = json_object_new_array();
	char *text, *end;
	size_t i;

	for (i = 0; i < recipe->n_parts; i++) {
		if (recipe->parts[i].kind != RECIPE_NOTE)
			continue;
		text = recipe->parts[i].text;
		while ((end = strchr(text, '\n')))
			*end = end[1] ? ' ' : '\0';
		json_object_array_add(array, json_object_new_string(text));
	}
	return array;
}

static struct json_object *json_vips(const struct recipe_values *values)
{
	struct json_object *array = json_object_new_array();
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < values->n_vips; i++)
		json_object_array_add(array, json_object_new_string(
			addr_text(&values->vips[i], text)));
	return array;
}

static void json_recipe(const struct out *out, const struct recipe *recipe,
			const struct recipe_values *values)
{
	struct json_object *json = json_object_new_object();
	struct json_object *array = json_object_new_array();

	json_add_text(json, "os", recipe->name);
	json_add_text(json, "title", recipe->title);
	json_object_object_add(json, "vips", json_vips(values));
	json_object_object_add(json, "steps", json_parts(recipe, RECIPE_STEP));
	json_object_object_add(json, "undo", json_parts(recipe, RECIPE_UNDO));
	json_object_object_add(json, "notes", json_notes(recipe));
	json_object_array_add(array, json);
	json_print(out, array);
}

static void json_recipes(const struct out *out)
{
	struct json_object *array = json_object_new_array();
	const struct recipe_source *source;

	for (source = recipe_sources; source->name; source++) {
		const char *title = strchr(source->text, ' ') + 1;
		struct json_object *json = json_object_new_object();

		json_add_text(json, "os", source->name);
		json_object_object_add(json, "title",
			json_object_new_string_len(title,
						   strcspn(title, "\n")));
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

/* --- Both ----------------------------------------------------------------- */

void out_recipes(const struct out *out)
{
	if (out->json)
		json_recipes(out);
	else
		out_recipes_table(out);
}

void out_recipe(const struct out *out, const struct recipe *recipe,
		const struct recipe_values *values, bool undo)
{
	if (out->json)
		json_recipe(out, recipe, values);
	else
		out_recipe_text(out, recipe, values, undo);
}
