// Credentials belong to threads. glibc changes them on all threads with a signal of its own (setuid
// and friends) but has no such call for capabilities, and libpsx knows only threads made through
// its wrapper, which those of Node are not. So the same is done here, with the same signal: unlike
// every other one it cannot be blocked, and Node's inspector thread blocks all that can be.
#include "every-thread.hpp"
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <set>
#include <string>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace
{
// SIGSETXID of glibc (nptl/pthreadP.h), which its sigaction() hides.
const int every_thread_signal = 33;
// A thread takes a signal at once unless it sleeps uninterruptibly.
const int patience_ms = 2000;

// What the system call takes; glibc's struct sigaction is laid out differently.
struct KernelSigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)();
	uint64_t mask;
};

int (*current_action)();
std::atomic<pid_t> answered;
std::atomic<int> failure;

void Handle(int)
{
	int before = errno;
	if (int error = current_action())
		failure = error;
	answered = static_cast<pid_t>(syscall(SYS_gettid));
	errno = before;
}

int KernelAction(int signal, const KernelSigaction *set, KernelSigaction *get)
{
	return syscall(SYS_rt_sigaction, signal, set, get, sizeof(uint64_t)) < 0 ? errno : 0;
}

// glibc knows how to return from a handler on this
// architecture: its installed form is taken as the model.
int Install(KernelSigaction *previous)
{
	struct sigaction model = {}, saved;
	model.sa_handler = Handle;
	model.sa_flags = SA_RESTART;
	sigfillset(&model.sa_mask);
	if (sigaction(SIGRTMAX, &model, &saved) < 0)
		return errno;
	KernelSigaction kernel = {};
	int error = KernelAction(SIGRTMAX, nullptr, &kernel);
	sigaction(SIGRTMAX, &saved, nullptr);
	return error ? error : KernelAction(every_thread_signal, &kernel, previous);
}

std::set<pid_t> Threads()
{
	std::set<pid_t> threads;
	DIR *tasks = opendir("/proc/self/task");
	if (tasks == nullptr)
		return threads;
	while (const struct dirent *entry = readdir(tasks)) {
		if (entry->d_name[0] != '.')
			threads.insert(static_cast<pid_t>(strtol(entry->d_name, nullptr, 10)));
	}
	closedir(tasks);
	return threads;
}

int RunOn(pid_t thread)
{
	answered = 0;
	if (syscall(SYS_tgkill, getpid(), thread, every_thread_signal) < 0)
		return errno == ESRCH ? 0 : errno;
	const struct timespec pause = {0, 50000};
	for (int waits = 0; answered != thread; waits++) {
		if (waits % 100 == 99 && syscall(SYS_tgkill, getpid(), thread, 0) < 0)
			return 0;
		if (waits >= patience_ms * 20)
			return ETIMEDOUT;
		nanosleep(&pause, nullptr);
	}
	return 0;
}
} // namespace

// A thread inherits from the one that makes it, so when a look at the list finds none that was not
// treated before, no untreated one is left to make another.
int RunOnEveryThread(int (*action)())
{
	current_action = action;
	failure = 0;
	KernelSigaction previous = {};
	if (int error = Install(&previous))
		return error;
	int error = action();
	std::set<pid_t> done = {static_cast<pid_t>(syscall(SYS_gettid))};
	for (bool found = true; found && !error;) {
		found = false;
		for (pid_t thread : Threads()) {
			if (error || !done.insert(thread).second)
				continue;
			found = true;
			error = RunOn(thread);
		}
	}
	KernelAction(every_thread_signal, &previous, nullptr);
	return error ? error : failure.load();
}
