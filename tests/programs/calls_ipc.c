/* calls_ipc: every call of System V and POSIX inter-process communication, with arguments of every kind. */
#define _GNU_SOURCE
#include "pretend.h"

#include <mqueue.h>
#include <signal.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

static void controls(void)
{
	unsigned char *pattern = at_the_edge(NULL, 128);

	for (int command = 0; command < 24; command++)
		for (int flag = 0; flag < 2; flag++) {
			void *places[] = {NULL, NOWHERE, pattern};
			for (int i = 0; i < 3; i++) {
				both(SYS_shmctl, -7, command | flag << 8, places[i]);
				both(SYS_msgctl, -7, command | flag << 8, places[i]);
				both(SYS_semctl, -7, -2, command | flag << 8, places[i]);
			}
		}
	both(SYS_shmctl, 1, -1, 0);
	both(SYS_semctl, 1, 0, SETVAL, 0x100000005);
}

static void gets(void)
{
	for (int bit = 0; bit < 32; bit++) {
		fails(SYS_shmget, 1 << bit, bit, 1U << bit);
		fails(SYS_semget, bit, -bit, 1U << bit | 7);
		fails(SYS_msgget, -bit, 1U << bit);
		fails(SYS_shmat, bit, NOWHERE, 1U << bit);
	}
	both(SYS_shmget, IPC_PRIVATE, -1L, -1);
	both(SYS_semget, IPC_PRIVATE, 0, 0);
	both(SYS_msgget, IPC_PRIVATE, 0);
	both(SYS_shmdt, NULL);
	both(SYS_shmat, -1, 0, 0);
}

static void operations(void)
{
	struct sembuf several[] = {{0, -1, SEM_UNDO}, {65535, 5, IPC_NOWAIT}, {2, 3, -1}}, many[40] = {0};
	struct { long kind; char text[44]; } message = {-5, "text that is longer than thirty-two bytes"};
	struct timespec soon = {1, 2};

	both(SYS_semop, -1, at_the_edge(several, sizeof several), 4);
	both(SYS_semop, -1, several, 0);
	both(SYS_semop, -1, NULL, -1);
	both(SYS_semop, -1, many, 40);
	both(SYS_semtimedop, -1, several, 3, &soon);
	both(SYS_semtimedop, -1, NOWHERE, 3, NOWHERE);
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_msgsnd, -1, &message, bit * 2, 1U << bit);
		both(SYS_msgrcv, -1, &message, 10, -bit, bit);
	}
	both(SYS_msgsnd, -1, at_the_edge(&message, 8), 5, 0);
	both(SYS_msgsnd, -1, NOWHERE, -1L, 0);
}

static void queues(void)
{
	struct mq_attr attributes = {0x800, -2, 3, 4, {0}};
	struct sigevent event = {.sigev_signo = SIGUSR1, .sigev_value.sival_ptr = NOWHERE};
	static char text[] = "text that is longer than thirty-two bytes";
	struct timespec soon = {1, 2};
	unsigned priority = 7;

	both(SYS_mq_open, "name", 0);
	both(SYS_mq_open, "name", 0x42, 0600, &attributes);
	both(SYS_mq_open, "name", 0x842, 0, NULL);
	both(SYS_mq_open, NOWHERE, -1, -1, NOWHERE);
	both(SYS_mq_unlink, "name");
	both(SYS_mq_unlink, NULL);
	both(SYS_mq_timedsend, -1, text, sizeof text, -1, NULL);
	both(SYS_mq_timedsend, -1, NOWHERE, -1L, 0, NOWHERE);
	both(SYS_mq_timedreceive, -1, text, sizeof text, &priority, &soon);
	both(SYS_mq_timedreceive, -1, NULL, 0, NULL, NOWHERE);
	for (int kind = 0; kind < 7; kind++) {
		event.sigev_notify = kind;
		both(SYS_mq_notify, -1, &event);
	}
	both(SYS_mq_notify, -1, NULL);
	both(SYS_mq_getsetattr, -1, &attributes, &attributes);
	attributes.mq_flags = -1;
	both(SYS_mq_getsetattr, -1, &attributes, NULL);
	both(SYS_mq_getsetattr, -1, NOWHERE, NOWHERE);
}

int main(void)
{
	begin_pretending();
	controls();
	gets();
	operations();
	queues();
	return 0;
}
