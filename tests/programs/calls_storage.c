/* calls_storage: commands of btrfs, of the device mapper and of trusted environments, with what a program gives them. */
#define _GNU_SOURCE
#include "pretend.h"

#include <linux/btrfs.h>
#include <linux/dm-ioctl.h>
#include <linux/tee.h>

/* A command on memory that a page follows which cannot be read, and on memory that such a page cuts off. */
static void try(unsigned command, const void *given, size_t size)
{
	char *place = at_the_edge(given, size);

	both(SYS_ioctl, -1, command, place);
	if (size > 8)
		both(SYS_ioctl, -1, command, place + size - (size / 2 & ~7UL));
}
#define TRY(command, given) try(command, &(given), sizeof(given))

static void hostile(void)
{
	static const unsigned tried[] = {
		BTRFS_IOC_SNAP_CREATE, BTRFS_IOC_DEFRAG, BTRFS_IOC_RESIZE, BTRFS_IOC_SCAN_DEV, BTRFS_IOC_FORGET_DEV,
		BTRFS_IOC_TRANS_START, BTRFS_IOC_TRANS_END, BTRFS_IOC_SYNC, BTRFS_IOC_CLONE, BTRFS_IOC_ADD_DEV, BTRFS_IOC_RM_DEV,
		BTRFS_IOC_BALANCE, BTRFS_IOC_CLONE_RANGE, BTRFS_IOC_SUBVOL_CREATE, BTRFS_IOC_SNAP_DESTROY, BTRFS_IOC_DEFRAG_RANGE,
		BTRFS_IOC_TREE_SEARCH, BTRFS_IOC_TREE_SEARCH_V2, BTRFS_IOC_INO_LOOKUP, BTRFS_IOC_DEFAULT_SUBVOL,
		BTRFS_IOC_SPACE_INFO, BTRFS_IOC_START_SYNC, BTRFS_IOC_WAIT_SYNC, BTRFS_IOC_SNAP_CREATE_V2, BTRFS_IOC_SUBVOL_CREATE_V2,
		BTRFS_IOC_SUBVOL_GETFLAGS, BTRFS_IOC_SUBVOL_SETFLAGS, BTRFS_IOC_SCRUB, BTRFS_IOC_SCRUB_CANCEL,
		BTRFS_IOC_SCRUB_PROGRESS, BTRFS_IOC_DEV_INFO, BTRFS_IOC_FS_INFO, BTRFS_IOC_BALANCE_V2, BTRFS_IOC_BALANCE_CTL,
		BTRFS_IOC_BALANCE_PROGRESS, BTRFS_IOC_INO_PATHS, BTRFS_IOC_LOGICAL_INO, BTRFS_IOC_SET_RECEIVED_SUBVOL,
		BTRFS_IOC_SEND, BTRFS_IOC_DEVICES_READY, BTRFS_IOC_QUOTA_CTL, BTRFS_IOC_QGROUP_ASSIGN, BTRFS_IOC_QGROUP_CREATE,
		BTRFS_IOC_QGROUP_LIMIT, BTRFS_IOC_QUOTA_RESCAN, BTRFS_IOC_QUOTA_RESCAN_STATUS, BTRFS_IOC_QUOTA_RESCAN_WAIT,
		BTRFS_IOC_GET_DEV_STATS, BTRFS_IOC_DEV_REPLACE, BTRFS_IOC_GET_FEATURES, BTRFS_IOC_SET_FEATURES,
		BTRFS_IOC_GET_SUPPORTED_FEATURES, BTRFS_IOC_RM_DEV_V2, BTRFS_IOC_LOGICAL_INO_V2, BTRFS_IOC_GET_SUBVOL_INFO,
		BTRFS_IOC_GET_SUBVOL_ROOTREF, BTRFS_IOC_INO_LOOKUP_USER, BTRFS_IOC_SNAP_DESTROY_V2,
		DM_VERSION, DM_REMOVE_ALL, DM_LIST_DEVICES, DM_DEV_CREATE, DM_DEV_REMOVE, DM_DEV_RENAME, DM_DEV_SUSPEND, DM_DEV_STATUS,
		DM_DEV_WAIT, DM_TABLE_LOAD, DM_TABLE_CLEAR, DM_TABLE_DEPS, DM_TABLE_STATUS, DM_LIST_VERSIONS, DM_TARGET_MSG,
		DM_DEV_SET_GEOMETRY, DM_DEV_ARM_POLL, DM_GET_TARGET_VERSION,
		TEE_IOC_VERSION, TEE_IOC_SHM_ALLOC, TEE_IOC_OPEN_SESSION, TEE_IOC_INVOKE, TEE_IOC_CANCEL, TEE_IOC_CLOSE_SESSION,
		TEE_IOC_SUPPL_RECV, TEE_IOC_SUPPL_SEND, 0xc018a408, TEE_IOC_SHM_REGISTER, 0x8010a40a, 0xfd12,
	};
	static unsigned char pattern[8192], zeros[8192], ones[8192];
	void *places[] = {pattern, zeros, ones, at_the_edge(NULL, 24), NULL, NOWHERE, BEYOND};

	for (unsigned i = 0; i < sizeof pattern; i++)
		pattern[i] = i % 255 + 1;
	memset(ones, 0xff, sizeof ones);
	for (unsigned i = 0; i < sizeof tried / sizeof *tried; i++)
		for (unsigned place = 0; place < sizeof places / sizeof *places; place++)
			both(SYS_ioctl, -1, tried[i], places[place]);
}

/* --- btrfs */

static void volumes(void)
{
	struct btrfs_qgroup_inherit *group = at_the_edge(NULL, sizeof *group + 3 * 8);
	struct btrfs_ioctl_vol_args volume = {3, "name"};
	struct btrfs_ioctl_vol_args_v2 second = {.fd = 3, .transid = 5, .flags = BTRFS_SUBVOL_RDONLY, .name = "name"};
	struct btrfs_ioctl_received_subvol_args received = {"0123456789abcdef", 1, 2, {3, 4}, {5, 6}, 7, {8}};
	struct btrfs_ioctl_timespec time = {1, 2};

	*group = (struct btrfs_qgroup_inherit){1, 3, 2, 1, {3, 4, 5, 6, 7}};
	TRY(BTRFS_IOC_SNAP_CREATE, volume);
	memset(volume.name, 'x', sizeof volume.name);
	TRY(BTRFS_IOC_SCAN_DEV, volume);
	TRY(BTRFS_IOC_SNAP_CREATE_V2, second);
	second.flags = BTRFS_SUBVOL_QGROUP_INHERIT;
	TRY(BTRFS_IOC_SUBVOL_CREATE_V2, second);
	second.size = sizeof *group + 3 * 8;
	second.qgroup_inherit = group;
	TRY(BTRFS_IOC_SNAP_CREATE_V2, second);
	group->num_qgroups = 1;
	TRY(BTRFS_IOC_SUBVOL_CREATE_V2, second);
	group->num_qgroups = 4;
	TRY(BTRFS_IOC_SUBVOL_CREATE_V2, second);
	group->num_qgroups = 0;
	TRY(BTRFS_IOC_SUBVOL_CREATE_V2, second);
	second.size = 8;
	TRY(BTRFS_IOC_SNAP_CREATE_V2, second);
	second.qgroup_inherit = NOWHERE;
	TRY(BTRFS_IOC_SNAP_CREATE_V2, second);
	memset(second.name, 'y', sizeof second.name);
	second.flags = ~0UL;
	TRY(BTRFS_IOC_SNAP_CREATE_V2, second);
	TRY(BTRFS_IOC_SET_RECEIVED_SUBVOL, received);
	memset(received.uuid, 0, 16);
	received.stime = time;
	TRY(BTRFS_IOC_SET_RECEIVED_SUBVOL, received);
}

static void searches(void)
{
	static const struct btrfs_ioctl_search_header found[] = {{1, 2, 3, 4, 16}, {5, 6, 7, 8, 0}, {9, 10, 11, 108, 8}, {256, -1, 12, 132, 0}};
	struct btrfs_ioctl_search_args first = {{1, 256, -256ULL, 0, -1, 0, -1, 108, 132, 2, 0, 0, 0, 0, 0}, ""};
	static const unsigned long trees[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 256, -4, -5, -6, -7, -8, -9, -10, -11, -12, -255, -256, -1};
	struct {
		struct btrfs_ioctl_search_args_v2 head;
		char room[400];
	} second;
	struct btrfs_ioctl_ino_lookup_args lookup = {5, 256, "some/path"};
	unsigned char *room = (void *) first.buf;

	for (int i = 0, place = 0; i < 4; place += sizeof *found + found[i].len, i++)
		memcpy(room + place, &found[i], sizeof *found);
	for (int i = 0; i < 6; i++) {
		first.key.nr_items = i;
		TRY(BTRFS_IOC_TREE_SEARCH, first);
	}
	first.key.nr_items = 100;
	TRY(BTRFS_IOC_TREE_SEARCH, first);
	second.head.key = first.key;
	for (unsigned i = 0; i < sizeof trees / sizeof *trees; i++) {
		struct btrfs_ioctl_search_key key = {trees[i], trees[i], trees[i], trees[i], trees[i], trees[i], trees[i], i, i * 8, i, i, i, i, i, i};

		second.head.key = key;
		second.head.key.nr_items = 1;
		second.head.buf_size = 96;
		memcpy(second.head.buf, first.buf, sizeof second.room);
		*(struct btrfs_ioctl_search_header *) second.head.buf = (struct btrfs_ioctl_search_header){trees[i], trees[i], trees[i], i * 12, 0};
		TRY(BTRFS_IOC_TREE_SEARCH_V2, second);
	}
	for (unsigned i = 0; i < 256; i += 1) {
		second.head.key.min_type = second.head.key.max_type = i;
		second.head.key.nr_items = 0;
		fails(SYS_ioctl, -1, BTRFS_IOC_TREE_SEARCH_V2, &second);
	}
	memcpy(second.head.buf, first.buf, sizeof second.room);
	for (unsigned i = 0; i < 6; i++) {
		second.head.key.nr_items = i;
		second.head.buf_size = 40 * i;
		TRY(BTRFS_IOC_TREE_SEARCH_V2, second);
		second.head.buf_size = 400;
		TRY(BTRFS_IOC_TREE_SEARCH_V2, second);
		second.head.buf_size = 4000;
		TRY(BTRFS_IOC_TREE_SEARCH_V2, second);
	}
	TRY(BTRFS_IOC_INO_LOOKUP, lookup);
	lookup.treeid = 0;
	TRY(BTRFS_IOC_INO_LOOKUP, lookup);
	for (unsigned i = 0; i < sizeof trees / sizeof *trees; i++) {
		lookup.treeid = lookup.objectid = trees[i];
		TRY(BTRFS_IOC_INO_LOOKUP, lookup);
	}
}

static void devices(void)
{
	static struct btrfs_ioctl_dev_replace_args replace;
	struct btrfs_ioctl_scrub_args scrub = {.devid = 1, .end = -1, .flags = 1, .progress = {1, 2, 3, 4, 5}};
	struct btrfs_ioctl_dev_info_args device = {.devid = 0x100000203, .bytes_used = 1, .total_bytes = 2, .path = "/dev/sda"};
	struct btrfs_ioctl_fs_info_args system = {1, 2, "fsid", 3, 4, 5, 1, 32, 0, 6, "uuid", {0}};
	struct btrfs_ioctl_get_dev_stats statistics = {.devid = 1, .values = {1, 2, 3, 4, 5}};

	TRY(BTRFS_IOC_SCRUB, scrub);
	TRY(BTRFS_IOC_SCRUB_PROGRESS, scrub);
	TRY(BTRFS_IOC_DEV_INFO, device);
	memcpy(device.uuid, "0123456789abcdef", 16);
	TRY(BTRFS_IOC_DEV_INFO, device);
	for (unsigned i = 0; i < 9; i++) {
		system.flags = i;
		system.csum_type = i;
		TRY(BTRFS_IOC_FS_INFO, system);
	}
	for (unsigned i = 0; i < 8; i++) {
		statistics.nr_items = i;
		statistics.flags = i;
		TRY(BTRFS_IOC_GET_DEV_STATS, statistics);
	}
	for (unsigned i = 0; i < 5; i++) {
		replace.cmd = replace.result = i;
		replace.start = (struct btrfs_ioctl_dev_replace_start_params){i, i, "/dev/sda", "/dev/sdb"};
		TRY(BTRFS_IOC_DEV_REPLACE, replace);
		memset(replace.start.srcdev_name, 's', sizeof replace.start.srcdev_name);
		TRY(BTRFS_IOC_DEV_REPLACE, replace);
		memset(replace.start.srcdev_name, 0, sizeof replace.start.srcdev_name);
		for (unsigned state = 0; state < 6; state++) {
			replace.status = (struct btrfs_ioctl_dev_replace_status_params){state, 500, 1500000000 * (state > 2), 1700000000, 1, 2};
			TRY(BTRFS_IOC_DEV_REPLACE, replace);
		}
	}
}

static void balances(void)
{
	static struct btrfs_ioctl_balance_args balance;
	struct btrfs_balance_args what = {.profiles = 1, .usage_min = 2, .usage_max = 3, .devid = 4, .pstart = 5, .pend = 6, .vstart = 7,
					  .vend = 8, .target = 0x11, .limit_min = 9, .limit_max = 10, .stripes_min = 11, .stripes_max = 12};

	for (unsigned i = 0; i < 12; i++) {
		what.flags = 1 << i;
		balance.data = balance.meta = balance.sys = what;
		balance.meta.profiles = 1ULL << (2 * i);
		balance.sys.target = 1ULL << (i + 44);
		balance.flags = 7;
		balance.state = i;
		TRY(BTRFS_IOC_BALANCE_V2, balance);
		TRY(BTRFS_IOC_BALANCE_PROGRESS, balance);
		balance.flags = 1 << i;
		balance.stat.expected = i;
		TRY(BTRFS_IOC_BALANCE_V2, balance);
		TRY(BTRFS_IOC_BALANCE_PROGRESS, balance);
		both(SYS_ioctl, -1, BTRFS_IOC_BALANCE_CTL, i);
	}
	memset(&balance.meta, 0, sizeof balance.meta);
	balance.flags = 7;
	balance.data.flags = balance.sys.flags = 0x7ff;
	TRY(BTRFS_IOC_BALANCE_V2, balance);
}

static void containers(void)
{
	struct btrfs_data_container *container = at_the_edge(NULL, sizeof *container + 9 * 8);
	struct btrfs_ioctl_ino_path_args paths = {256, 1, {0}, (unsigned long) container};
	struct btrfs_ioctl_logical_ino_args logical = {4096, 1, {0}, 0, (unsigned long) container};
	static const unsigned long sizes[] = {0, 16, 24, 64, 88, 4096};
	struct {
		struct btrfs_ioctl_space_args head;
		struct btrfs_ioctl_space_info spaces[3];
	} space = {{3, 3}, {{1, 2, 3}, {0x12, 4, 5}, {0x3000000000004, 6, 7}}};

	for (unsigned i = 0; i < 6; i++) {
		unsigned long start = (unsigned long) container->val;

		for (unsigned count = 0; count < 12; count++) {
			*container = (struct btrfs_data_container){1, 2, count, 3};
			for (unsigned j = 0; j < 9; j++)
				container->val[j] = j;
			logical.size = paths.size = sizes[i];
			TRY(BTRFS_IOC_LOGICAL_INO, logical);
			TRY(0xc038943b, logical);
			for (unsigned j = 0; j < 3; j++)
				container->val[j] = 24 + 2 * j + (i == 5 && j ? start : 0);
			memcpy(&container->val[3], "a\0bc\0def", 8);
			TRY(BTRFS_IOC_INO_PATHS, paths);
		}
		logical.flags = i;
	}
	paths.fspath = logical.inodes = 0x1000;
	paths.reserved[0] = paths.reserved[3] = logical.reserved[2] = 1;
	TRY(BTRFS_IOC_INO_PATHS, paths);
	TRY(BTRFS_IOC_LOGICAL_INO, logical);
	paths.size = logical.size = 0;
	TRY(BTRFS_IOC_INO_PATHS, paths);
	TRY(BTRFS_IOC_LOGICAL_INO, logical);
	for (unsigned i = 0; i < 5; i++)
		for (unsigned j = 0; j < 5; j++) {
			space.head.space_slots = i;
			space.head.total_spaces = j;
			TRY(BTRFS_IOC_SPACE_INFO, space);
		}
}

static void others(void)
{
	unsigned long *sources = at_the_edge(NULL, 24), number = 256, bits[] = {1, 2, 4, 8, 16, 31, -1};
	struct btrfs_ioctl_send_args send = {.send_fd = 3, .clone_sources_count = 3, .clone_sources = (void *) sources, .flags = 31, .parent_root = 5};
	struct btrfs_ioctl_defrag_range_args defragment = {.len = -1, .flags = 3, .extent_thresh = 4096};
	struct btrfs_ioctl_quota_ctl_args quota = {0, 7};
	struct btrfs_ioctl_quota_rescan_args rescan = {1, 2, {3, 4, 5, 6, 7, 8}};
	struct btrfs_ioctl_qgroup_assign_args assign = {1, 0x1000000000002, 3};
	struct btrfs_ioctl_qgroup_create_args create = {1, 0x1000000000002};
	struct btrfs_ioctl_qgroup_limit_args limit = {0x1000000000002, {63, 1, 2, 3, -1}};

	for (unsigned i = 0; i < 5; i++) {
		sources[0] = 1, sources[1] = 256, sources[2] = -9;
		send.clone_sources_count = i;
		TRY(BTRFS_IOC_SEND, send);
		quota.cmd = i;
		TRY(BTRFS_IOC_QUOTA_CTL, quota);
		defragment.compress_type = i;
		defragment.flags = 1 << i;
		TRY(BTRFS_IOC_DEFRAG_RANGE, defragment);
	}
	send.clone_sources_count = -1;
	TRY(BTRFS_IOC_SEND, send);
	send.clone_sources = NULL;
	TRY(BTRFS_IOC_SEND, send);
	send.clone_sources = NOWHERE;
	TRY(BTRFS_IOC_SEND, send);
	TRY(BTRFS_IOC_QUOTA_RESCAN, rescan);
	TRY(BTRFS_IOC_QUOTA_RESCAN_STATUS, rescan);
	TRY(BTRFS_IOC_QGROUP_ASSIGN, assign);
	TRY(BTRFS_IOC_QGROUP_CREATE, create);
	TRY(BTRFS_IOC_QGROUP_LIMIT, limit);
	TRY(BTRFS_IOC_DEFAULT_SUBVOL, number);
	TRY(BTRFS_IOC_WAIT_SYNC, number);
	for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++) {
		TRY(BTRFS_IOC_SUBVOL_SETFLAGS, bits[i]);
		TRY(BTRFS_IOC_SUBVOL_GETFLAGS, bits[i]);
	}
}

/* --- device mapper */

static const unsigned mapped[] = {
	DM_VERSION, DM_REMOVE_ALL, DM_LIST_DEVICES, DM_DEV_CREATE, DM_DEV_REMOVE, DM_DEV_RENAME, DM_DEV_SUSPEND, DM_DEV_STATUS,
	DM_DEV_WAIT, DM_TABLE_LOAD, DM_TABLE_CLEAR, DM_TABLE_DEPS, DM_TABLE_STATUS, DM_LIST_VERSIONS, DM_TARGET_MSG,
	DM_DEV_SET_GEOMETRY, DM_DEV_ARM_POLL, DM_GET_TARGET_VERSION,
};

static const struct dm_ioctl plain = {
	.version = {4, 1, 2}, .data_start = sizeof plain, .target_count = 2, .open_count = 3, .flags = DM_READONLY_FLAG,
	.event_nr = 7, .dev = 0x801, .name = "name", .uuid = "uuid",
};

static void map_all(struct dm_ioctl *head)
{
	for (unsigned i = 0; i < sizeof mapped / sizeof *mapped; i++)
		both(SYS_ioctl, -1, mapped[i], head);
}

static void map(const struct dm_ioctl *head, const void *data, size_t size)
{
	struct dm_ioctl *place = at_the_edge(NULL, sizeof *place + size);

	*place = *head;
	memcpy(place + 1, data, size);
	place->data_size = sizeof *place + size;
	map_all(place);
	place->data_size += 64;
	map_all(place);
	place->data_size = sizeof *place + size - 8;
	map_all(place);
	place->flags = ~0U;
	place->data_start += 8;
	map_all(place);
	place->data_start = place->data_size;
	map_all(place);
	place->data_start = 4;
	map_all(place);
	place->data_start = 0;
	map_all(place);
}

static void mapper(void)
{
	struct {
		struct dm_target_spec first;
		char parameters[16];
		struct dm_target_spec second;
		char more[8];
	} targets = {{0, 100, 0, 56, "linear"}, "8:1 0", {100, 50, -5, 56, "snapshot"}, "a b"};
	struct {
		struct dm_target_deps head;
		unsigned long device[3];
	} depends = {{3, 0}, {0x801, 0x10300002, 3}};
	struct {
		unsigned long device;
		unsigned next;
		char name[20];
		unsigned long second;
		unsigned last;
		char other[4];
	} names = {0x801, 32, "first", 0x802, 0, "two"};
	struct {
		unsigned next, version[3];
		char name[16];
		unsigned last, other[3];
		char second[8];
	} versions = {32, {1, 2, 3}, "linear", 0, {4, 5, 6}, "striped"};
	struct {
		unsigned long sector;
		char message[16];
	} message = {5, "some message"};
	struct dm_ioctl head = plain;

	head.data_size = sizeof head;
	map_all(at_the_edge(&head, sizeof head));
	head.data_size = sizeof head - 8;
	map_all(at_the_edge(&head, sizeof head));
	map_all(at_the_edge(&head, sizeof head - 8));
	head = plain;
	for (unsigned count = 0; count < 5; count++) {
		head.target_count = count;
		map(&head, &targets, sizeof targets);
	}
	head.target_count = 2;
	targets.first.next = 4;
	map(&head, &targets, sizeof targets);
	targets.first.next = -1;
	map(&head, &targets, sizeof targets);
	memset(targets.first.target_type, 't', sizeof targets.first.target_type);
	memset(targets.parameters, 'p', sizeof targets.parameters);
	targets.first.next = 56;
	map(&head, &targets, sizeof targets);
	map(&head, &depends, sizeof depends);
	depends.head.count = 2;
	map(&head, &depends, sizeof depends);
	depends.head.count = 4;
	map(&head, &depends, sizeof depends);
	depends.head.count = 0;
	map(&head, &depends, sizeof depends);
	depends.head.count = -1;
	map(&head, &depends, sizeof depends);
	map(&head, &names, sizeof names);
	names.last = 16;
	map(&head, &names, sizeof names);
	names.next = 8;
	map(&head, &names, sizeof names);
	memset(names.name, 'n', sizeof names.name);
	names.device = 0;
	map(&head, &names, sizeof names);
	map(&head, &versions, sizeof versions);
	versions.last = 24;
	map(&head, &versions, sizeof versions);
	versions.next = 8;
	map(&head, &versions, sizeof versions);
	map(&head, &message, sizeof message);
	memset(message.message, 'm', sizeof message.message);
	map(&head, &message, sizeof message);
	map(&head, "new name", 16);
	map(&head, "", 8);
	memset(&head, 0, sizeof head);
	head.version[0] = 4;
	head.data_start = sizeof head;
	map(&head, "x", 8);
	for (unsigned bit = 0; bit < 32; bit++) {
		head = plain;
		head.flags = 1U << bit;
		both(SYS_ioctl, -1, DM_DEV_STATUS, &head);
	}
	memset(head.name, 'n', sizeof head.name);
	memset(head.uuid, 'u', sizeof head.uuid);
	map(&head, "x", 8);
	head.version[0] = 3;
	map(&head, "x", 8);
}

/* --- trusted environments */

static void open_with(unsigned command, void *memory, size_t size)
{
	struct tee_ioctl_buf_data buffer = {(unsigned long) memory, size};

	TRY(command, buffer);
	buffer.buf_len = size - 8;
	TRY(command, buffer);
	buffer.buf_len = size + 8;
	TRY(command, buffer);
}

static void trusted(void)
{
	struct tee_ioctl_version_data version = {1, 1, 15};
	struct tee_ioctl_shm_alloc_data memory = {4096, 3, 5};
	struct tee_ioctl_shm_register_data registered = {0x10000, 4096, 1, 5};
	static const unsigned commands[] = {TEE_IOC_OPEN_SESSION, TEE_IOC_INVOKE, TEE_IOC_SUPPL_RECV, TEE_IOC_SUPPL_SEND, 0x8010a40a};
	static const unsigned logins[] = {0, 1, 2, 3, 4, 5, 6, 7, 0x80000000, 0x80000001, 0xbfffffff, 0xc0000000};

	for (unsigned i = 0; i < 6; i++) {
		version.impl_id = i;
		TRY(TEE_IOC_VERSION, version);
		version.gen_caps = 1 << i;
		version.impl_caps = i;
		TRY(TEE_IOC_VERSION, version);
	}
	TRY(TEE_IOC_SHM_ALLOC, memory);
	TRY(TEE_IOC_SHM_REGISTER, registered);
	for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
		for (unsigned count = 0; count < 20; count++) {
			char memory[1024] = "0123456789abcdefghijklmnopqrstuv";
			static const unsigned heads[] = {56, 24, 8, 8, 24};
			unsigned head = heads[i], size = head + count * sizeof(struct tee_ioctl_param);
			struct tee_ioctl_param *parameters = (void *) (memory + head);
			unsigned *words = (void *) memory, number = head / 4 - 1;

			if (i < 2)
				for (unsigned word = number - (i ? 5 : 5); word < number; word++)
					words[word] = word * 3;
			else if (i < 4)
				words[0] = 0xffff0007;
			if (!i)
				words[8] = logins[count % 12];
			words[number] = count;
			for (unsigned j = 0; j < count; j++)
				parameters[j] = (struct tee_ioctl_param){j | (count & 1) << 8, j + 1, 2 * j, 3};
			open_with(commands[i], at_the_edge(memory, size), size);
			if (count == 2 || count == 3) {
				words[number] = 4;
				open_with(commands[i], at_the_edge(memory, size), size);
				open_with(commands[i], at_the_edge(memory, size), size + 32);
				words[number] = -1;
				open_with(commands[i], at_the_edge(memory, size), size);
				open_with(commands[i], at_the_edge(memory, size), head + (size_t) 32 * 0xffffffff);
			}
		}
	open_with(TEE_IOC_INVOKE, NOWHERE, 24);
	open_with(TEE_IOC_INVOKE, NULL, 24);
	open_with(TEE_IOC_OPEN_SESSION, BEYOND, 56);
}

int main(void)
{
	begin_pretending();
	hostile();
	volumes();
	searches();
	devices();
	balances();
	containers();
	others();
	mapper();
	trusted();
	return 0;
}
