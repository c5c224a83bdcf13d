# SPDX-License-Identifier: GPL-2.0
# For people: make help. The module's objects are listed in Kbuild.

KERNELRELEASE ?= $(shell uname -r)
KDIR          ?= /lib/modules/$(KERNELRELEASE)/build
STAGES        := build e2e e2e-tools e2e-place lint unit kunit dkms packages gauge e2e-newest stress

version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
dkms    := dsr/$(version)

help: ## what can be made (this list)
	@echo 'dsr $(version): a load balancer for direct routing. Targets:'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "  %-18s %s\n", $$1, $$2 }'
	@echo
	@echo '  One stage of the tests: $(STAGES)'
	@echo '  Variables: KERNELRELEASE or KDIR (kernel to build for), PREFIX and'
	@echo '  DESTDIR (where to install), W=1, V=1.'

demo: ## see it work: clients, a director and three servers in a machine
	tests/e2e/demo.sh

check: ## the tests; ends with "N passed, N failed" (ALL=1: of all tools too)
	tests/run $(if $(ALL),--all)

check-long: ## everything that there is, for hours
	tests/run --all
	tests/vm/boot.sh --kernel newest --smp 1 --timeout 1800 \
		tests/e2e/run.sh 73 8
	$(MAKE) torture fuzz coverage large

$(STAGES):
	tests/run $@

coverage: ## which lines of the datapath the KUnit suites run
	tests/kunit/coverage.sh

fuzz: ## ten million random packets under KASAN (PACKETS=12500000 SEED=1)
	tests/kunit/fuzz.sh $(or $(PACKETS),12500000) $(or $(SEED),1)

torture: ## change everything under traffic, in a debug kernel (SECONDS=600)
	tests/vm/boot.sh --kernel debug --timeout $$((900 + $(or $(SECONDS),600))) \
		tests/e2e/stress.sh 10 $(or $(SECONDS),600)

large: ## 10 000 services of 10 servers: applied, compared, saved in time
	tests/vm/enter.sh bookworm tests/build/module.sh uml
	tests/vm/enter.sh bookworm tests/build/userspace.sh
	tests/vm/boot.sh --kernel uml --mem 2048 tests/e2e/run.sh 90

bench: ## what a packet costs, beside IPVS, nftables and others
	bench/run.sh

bench-record: ## count a packet's instructions anew, for make check
	bench/gauge.sh --record >bench/recorded.new
	mv bench/recorded.new bench/recorded.json

all: module userspace ## build the module and dsrctl

module: | headers ## build kmod into dsr.ko
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

userspace: ## build dsrctl
	$(MAKE) -C userspace

install: module-install userspace-install ## install both for this kernel (as root)

module-install: module ## install dsr.ko for this kernel only; see dkms-install
	@# The kernel's signing key is not ours to have.
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_MODULE_SIG_ALL= modules_install
	depmod -a $(KERNELRELEASE)

userspace-install: userspace ## install dsrctl, its manual and its unit
	$(MAKE) -C userspace install

uninstall: ## undo install
	$(MAKE) -C userspace uninstall
	rm -f $(wildcard /lib/modules/$(KERNELRELEASE)/*/dsr.ko*)
	depmod -a $(KERNELRELEASE)

dkms-install: ## have DKMS build the module for every kernel (as root)
	rm -rf /usr/src/dsr-$(version)
	mkdir -p /usr/src/dsr-$(version)
	cp -r dkms.conf Kbuild COPYING kmod uapi /usr/src/dsr-$(version)
	dkms add $(dkms)
	dkms build $(dkms)
	dkms install $(dkms)

dkms-remove: ## undo dkms-install
	dkms remove $(dkms) --all
	rm -rf /usr/src/dsr-$(version)

deb: ## build the Debian packages, dsr-dkms and dsrctl
	tests/build/deb.sh

regen: ## generate uapi/linux/dsr.h and the policies from uapi/dsr.yaml
	tests/lint/regen.sh $(or $(KSRC),$(error KSRC: a kernel source with tools/net/ynl)) .

clean: ## remove what was built here
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C userspace clean

headers:
	@test -d $(KDIR) || { echo >&2 'No kernel headers in $(KDIR): apt install linux-headers-$(KERNELRELEASE)'; false; }

.PHONY: help demo check check-long $(STAGES) coverage fuzz torture large bench \
	bench-record \
	all module userspace \
	install module-install userspace-install uninstall dkms-install \
	dkms-remove deb regen clean headers
