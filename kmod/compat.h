/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Newer kernel interfaces on older kernels. Included before everything else,
 * and the only file that may test a kernel version.
 *
 * Each block says in which version the kernel got what it supplies; it goes
 * when the floor reaches that version.
 */
#ifndef DSR_COMPAT_H
#define DSR_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "dsr needs Linux 6.1 or newer"
#endif

/* skb_gso_validate_network_len() moved from linux/skbuff.h in 6.5. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* A dump's attributes moved into a struct genl_info in 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define dsr_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#else
#define dsr_genl_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#endif

#endif /* DSR_COMPAT_H */
