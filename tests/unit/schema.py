#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""schema.py SCHEMA FILE…

Whether the schema is one; has the keys and the names of values that dsrctl
has; takes these files; takes every text in the transcript of dsrctl config
check that has no mistake, and none of those that have a mistake of a key.
"""
import json
import re
import subprocess
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """What editors take for a number or a flag, as YAML has it now."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool",
                             re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int",
                             re.compile("^-?(0|[1-9][0-9]*)$"),
                             list("-0123456789"))

# A file with a key and its value at each place where a mapping can be.
PLACES = {
    (): '{%s: %s, services: []}',
    ("settings",): '{settings: {%s: %s}, services: []}',
    ("announce",): '{announce: [{device: eth0, %s: %s}], services: []}',
    ("services",): '{services: [{service: fwmark 1, %s: %s}]}',
    ("services", "timeout"):
        '{services: [{service: fwmark 1, timeout: {%s: %s}}]}',
    ("services", "servers"):
        '{services: [{service: fwmark 1, '
        'servers: [{address: "::1", %s: %s}]}]}',
}


def problems(text):
    """What dsrctl finds in it."""
    run = subprocess.run(["dsrctl", "-j", "config", "check", "-"],
                         input=text, text=True, check=False,
                         stdout=subprocess.PIPE)
    return [problem["text"] for problem in json.loads(run.stdout)]


def names(text):
    """"a, b or c" as a set."""
    return set(re.split(", | or ", text))


def told(text, pattern):
    """The names that dsrctl says could be given."""
    for problem in problems(text):
        match = re.fullmatch(pattern, problem)
        if match:
            return names(match[1])
    return set()


def resolve(schema, part):
    """The mapping that is meant, be it a list's or one of several."""
    while "properties" not in part:
        if "$ref" in part:
            part = schema["definitions"][part["$ref"].split("/")[-1]]
        else:
            part = part["items"] if "items" in part else part["anyOf"][-1]
    return part


def mapping(schema, place):
    """The properties at a place."""
    part = schema
    for key in place:
        part = resolve(schema, part)["properties"][key]
    return resolve(schema, part)["properties"]


def enum(schema, part):
    """The names a value has, or an empty set."""
    if "$ref" in part:
        part = schema["definitions"][part["$ref"].split("/")[-1]]
    return {name for name in part.get("enum", []) if isinstance(name, str)}


def check_tables(schema):
    """Yield where the schema and dsrctl do not have the same."""
    for place, text in PLACES.items():
        properties = mapping(schema, place)
        keys = told(text % ("zzz", 1), 'unknown key "zzz": give (.*)')
        if keys != set(properties):
            yield f"keys of {place}: {keys ^ set(properties)}"
        for key, part in properties.items():
            there = told(text % (key, "zzz"), '[a-z-]+ "zzz": give (.*)')
            if there != enum(schema, part):
                yield f"names of {key}: {there ^ enum(schema, part)}"


def transcript():
    """Yield each text of the transcript and whether it has no mistake."""
    with open("tests/unit/cases/config.txt", encoding="utf-8") as lines:
        sections = re.split(r"^\$ ", lines.read(), flags=re.M)[1:]
    for section in sections:
        command = section.split("\n")[0]
        if not command.startswith("dsrctl config check - <<<"):
            continue
        text = subprocess.run(["bash", "-c", "dsrctl() { cat; }; " + command],
                              check=True, stdout=subprocess.PIPE).stdout
        # What reads YAML here takes no tabs in JSON.
        yield text.decode().expandtabs(), section


def check_texts(validator):
    """Yield what the schema takes otherwise than dsrctl."""
    counts = [0, 0]
    for text, section in transcript():
        good = "\n! " not in section
        unknown = "unknown key" in section or "is missing: write" in section
        if not good and not unknown:
            continue
        counts[good] += 1
        if validator.is_valid(yaml.load(text, Loader)) != good:
            yield f"{'refused' if good else 'taken'}: {text}"
    if min(counts) < 8:
        yield f"the transcript has only {counts}"


def check_files(validator, files):
    """Yield why it does not take these files."""
    for file in files:
        with open(file, encoding="utf-8") as text:
            for error in validator.iter_errors(yaml.load(text, Loader)):
                yield f"{file}: {error.json_path}: {error.message}"


def main():
    """See above."""
    with open(sys.argv[1], encoding="utf-8") as text:
        schema = json.load(text)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = [*check_tables(schema), *check_texts(validator),
             *check_files(validator, sys.argv[2:])]
    for line in wrong:
        print(line)
    return bool(wrong)


sys.exit(main())
