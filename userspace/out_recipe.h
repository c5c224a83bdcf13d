/* SPDX-License-Identifier: GPL-2.0 */
/* Recipes, as text to paste into a shell or as JSON. */
#ifndef DSRCTL_OUT_RECIPE_H
#define DSRCTL_OUT_RECIPE_H

#include "out.h"
#include "recipe.h"

/* The names and titles of all. */
void out_recipes(const struct out *out);

/* One that is filled: the set-up, or how it is taken back. JSON has both. */
void out_recipe(const struct out *out, const struct recipe *recipe,
		const struct recipe_values *values, bool undo);

#endif
