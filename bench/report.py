#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py SAMPLES FOLDER full|quick: tables, verdicts, JSON and plots.

SAMPLES is what rig.sh wrote. A run's figure is the median of its rounds, which
one slow moment does not change. A balancer's is the lowest of its runs, because
what disturbs a whole run can only make it slower. Its net cost is that less the
baseline's, a drop at ingress, in the same test. Exits with 1 if a verdict is
FAIL."""

import collections
import json
import os
import statistics
import subprocess
import sys

BASE, FLOOR = "drop", "null"
Run = collections.namedtuple("Run", "median minimum mean")


class Samples:
    """Runs by (test, balancer, what, flows), and single values by name."""

    def __init__(self, path):
        self.runs = collections.defaultdict(list)
        self.values = {}
        self.lost = []
        with open(path, encoding="ascii") as lines:
            for line in lines:
                kind, *words = line.split()
                if kind == "value":
                    self.values[words[0]] = words[1]
                else:
                    self.add(*words)

    def add(self, _repeat, test, balancer, what, flows, *numbers):
        packets, sent, size, *times = map(int, numbers)
        key = test, balancer, what, int(flows)
        self.runs[key].append(Run(*(time / size for time in times)))
        if sent != (0 if balancer == BASE else packets):
            self.lost.append((*key, packets, sent))

    def packet(self, *key):
        """Nanoseconds per packet, or None."""
        runs = self.runs.get(key)
        return runs and min(run.median for run in runs)

    def net(self, test, balancer, what, flows):
        """A packet's, less the baseline's: its own or the first test's."""
        packet = self.packet(test, balancer, what, flows)
        base = (self.packet(test, BASE, "established", flows) or
                self.packet("receive", BASE, "established", flows))
        if packet is None or base is None:
            return None
        return packet - base

    def tests(self):
        return list(dict.fromkeys(key[0] for key in self.runs))


def ratio(a, b):
    return None if a is None or b is None else a / b


def number(text):
    return f"{int(text):,}".replace(",", " ")


def flows_text(flows):
    return f"{number(flows)} flow{'s' * (flows != 1)}"


# Tables

def print_rows(samples, test, what):
    floors = {}
    for key, runs in samples.runs.items():
        if (key[0], key[2]) != (test, what):
            continue
        _, balancer, _, flows = key
        median = statistics.median(run.median for run in runs)
        high = max(run.median for run in runs)
        net = samples.net(*key)
        floors.setdefault(flows, samples.net(test, FLOOR, "established", flows))
        line = (f"  {balancer:16}{number(flows):>10}"
                f"{samples.packet(*key):9.1f}{median:9.1f}{high:9.1f}")
        if net is not None:
            line += f"{net:9.1f}"
            if floors[flows]:
                line += f"{net / floors[flows]:8.2f}"
        if what == "new":
            line += f"{statistics.median(run.mean for run in runs):10.1f}"
        print(line)


def print_tables(samples):
    for test in samples.tests():
        for what in ("established", "new"):
            if not any(key[0] == test and key[2] == what
                       for key in samples.runs):
                continue
            unit = "instructions" if test == "instructions" else "ns"
            print(f"\n{test}, {what} flows: {unit} per packet")
            print("  balancer             flows   packet   median  highest"
                  "      net  /empty" + ("   average" if what == "new" else ""))
            print_rows(samples, test, what)


# Verdicts

class Verdicts:
    def __init__(self):
        self.lines = []

    def most(self, name, wanted, got, unit=""):
        """@got may be @wanted at most; None: not measured."""
        self.check(name, f"<= {wanted:g}{unit}",
                   None if got is None else f"{got:.3g}{unit}",
                   got is not None and got <= wanted)

    def check(self, name, wanted, got, passed):
        self.lines.append({"name": name, "wanted": wanted,
                           "got": "not measured" if got is None else got,
                           "verdict": "PASS" if passed else "FAIL"})

    def show(self):
        for line in self.lines:
            print(f"  {line['verdict']}  {line['name']:58}"
                  f"{line['wanted']:>12}  {line['got']}")
        return all(line["verdict"] == "PASS" for line in self.lines)


def judge_established(samples, verdicts, counts):
    def net(balancer, flows):
        return samples.net("receive", balancer, "established", flows)

    for flows, wanted in ((1, 1.9), (1000, 1.9), (100000, 3.2), (1000000, 5.2)):
        if flows in counts:
            verdicts.most(f"established, {flows_text(flows)}: of the empty "
                          "balancer", wanted,
                          ratio(net("dsr", flows), net(FLOOR, flows)))
    for flows, wanted in ((1000, 0.32), (100000, 0.32), (1000000, 0.25)):
        if flows in counts:
            verdicts.most(f"established, {flows_text(flows)}: of IPVS wrr",
                          wanted,
                          ratio(net("dsr", flows), net("ipvs-wrr", flows)))
    verdicts.most("established, 1 000 flows: of IP forwarding", 1,
                  ratio(net("dsr", 1000), net("forward", 1000)))
    verdicts.most("at ingress, 1 000 flows: of nftables jhash", 0.5,
                  ratio(net("dsr-ingress", 1000), net("nft-jhash", 1000)))


def judge_new(samples, verdicts):
    new = samples.net("receive", "dsr", "new", 100000)
    verdicts.most("new, 100 000 flows: of the empty balancer", 4.5,
                  ratio(new, samples.net("receive", FLOOR, "established",
                                         100000)))
    verdicts.most("new, 100 000 flows: of IPVS wrr", 1 / 3,
                  ratio(new, samples.net("receive", "ipvs-wrr", "new",
                                         100000)))


def judge_others(samples, verdicts):
    """By veth a driver has a share in a packet's time, as with any traffic
    that there is; without one, a hook that does nothing is the measure."""
    key = "established", 1000
    for test, base, text in (
            ("others-transmit", "none", "for no service: more per packet"),
            ("others-receive", "pass", "and without a driver: more than with "
                                       "an empty hook")):
        cost = ratio(samples.packet(test, "dsr", *key),
                     samples.packet(test, base, *key))
        verdicts.most(text, 3, cost and 100 * (cost - 1), " %")


def judge_memory(samples, verdicts, flows):
    used = int(samples.values.get(f"memory-dsr-{flows}", 0))
    active = int(samples.values.get(f"active-dsr-{flows}", 0))
    verdicts.check(f"{number(flows)} new flows: remembered", ">= 99 %",
                   active and number(active), active >= 0.99 * flows)
    verdicts.most(f"{number(flows)} new flows: memory for each that is", 64,
                  active and used / active or None, " B")


def judge_scale(samples, verdicts):
    cost = ratio(*(samples.net(f"service-of-{n}", "dsr", "established", 1000)
                   for n in (10000, 1)))
    verdicts.most("one of 10 000 services: more than the only one", 10,
                  cost and 100 * (cost - 1), " %")
    for scheduler in ("wrr", "maglev"):
        took = samples.values.get(f"change-{scheduler}")
        verdicts.most(f"a weight of 1 000 changed, {scheduler}", 5,
                      took and int(took) / 1e6, " ms")


def judge_exact(samples, verdicts):
    wanted = ",".join(str(1024 * weight) for weight in range(1, 11))
    got = samples.values.get("weights")
    verdicts.check("weights 1 to 10, 1 024 times 55 new flows: exact",
                   "w * 1024", got and ("exact" if got == wanted else got),
                   got == wanted)
    before = samples.values.get("flood-before")
    after = samples.values.get("flood-after")
    verdicts.check("5 000 000 SYNs: where the established flows are",
                   before or "the same", after, before and after == before)
    # Four places for three flows, each of 16 bytes and as many for the tuple.
    full = int(samples.values.get("flood-room", 0)) * 4 / 3 * 32 / 1e6
    flood = samples.values.get("flood-memory")
    verdicts.most("5 000 000 SYNs: memory, of a full table's", 1.05 * full,
                  flood and int(flood) / 1e6, " MB")


def judge(samples, full):
    verdicts = Verdicts()
    verdicts.check("every packet arrived", "all",
                   f"lost in {len(samples.lost)} runs" if samples.lost else
                   "all", not samples.lost)
    judge_established(samples, verdicts,
                      {key[3] for key in samples.runs if key[0] == "receive"})
    judge_new(samples, verdicts)
    judge_others(samples, verdicts)
    judge_memory(samples, verdicts, 1000000)
    if full:
        judge_memory(samples, verdicts, 10000000)
        judge_scale(samples, verdicts)
        judge_exact(samples, verdicts)
    return verdicts


# Files

def write_json(samples, verdicts, path):
    runs = [{"test": key[0], "balancer": key[1], "what": key[2],
             "flows": key[3], "packet": samples.packet(*key),
             "net": samples.net(*key),
             "runs": [run._asdict() for run in runs]}
            for key, runs in samples.runs.items()]
    with open(path, "w", encoding="ascii") as file:
        json.dump({"runs": runs, "values": samples.values,
                   "verdicts": verdicts.lines}, file, indent=1)


def write_plot_data(samples, what, path):
    """For gnuplot, a block for each balancer; returns their names, ours last,
    which is drawn over the others."""
    blocks = collections.defaultdict(list)
    for (test, balancer, kind, flows), runs in samples.runs.items():
        if test != "receive" or kind != what or balancer == BASE:
            continue
        net = samples.net(test, balancer, kind, flows)
        base = samples.packet(test, balancer, kind, flows) - net
        median = statistics.median(run.median for run in runs)
        blocks[balancer].append((flows, net, net, median - base))
    names = sorted(blocks, key=lambda name: name == "dsr")
    with open(path, "w", encoding="ascii") as file:
        for name in names:
            file.write(f"# {name}\n")
            for point in blocks[name]:
                print(*point, file=file)
            file.write("\n\n")
    return names


def plot(samples, folder, extent):
    for what, title in (("established", "Packets of established flows"),
                        ("new", "Packets of new flows, up to this number")):
        data = os.path.join(folder, what + ".dat")
        names = write_plot_data(samples, what, data)
        if what == "new" and extent == "quick":
            continue    # of one number of flows
        for kind in ("svg", "png"):
            subprocess.run(["gnuplot", "-c", "bench/plot.gp", kind, title, data,
                            " ".join(names),
                            os.path.join(folder, f"{what}.{kind}")],
                           check=True)


def main(path, folder, extent):
    samples = Samples(path)
    print_tables(samples)
    print("\nVerdicts")
    verdicts = judge(samples, extent == "full")
    passed = verdicts.show()
    write_json(samples, verdicts, os.path.join(folder, "results.json"))
    plot(samples, folder, extent)
    for lost in samples.lost:
        print("lost:", *lost, file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
