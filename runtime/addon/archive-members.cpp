// Makes the distribution's static archives, built for executables, fit into a shared object: what
// cannot be linked there, or would bring in a library for nothing, is defined here and the
// archives' own left out.
#include <cstdio>

extern "C" {
// The archives reach the standard streams relative to their own code, which works only for
// variables of the same object: the linker's --wrap points them here.
extern FILE *__real_stdin;
extern FILE *__real_stdout;
extern FILE *__real_stderr;
FILE *__wrap_stdin;
FILE *__wrap_stdout;
FILE *__wrap_stderr;

__attribute__((constructor)) static void CopyStreams()
{
	__wrap_stdin = __real_stdin;
	__wrap_stdout = __real_stdout;
	__wrap_stderr = __real_stderr;
}

// libelf's elf_error.o keeps its thread-local error number in the model of executables (not
// position independent). Only libbpf's warnings show it, as elf_errmsg(-1).
static thread_local int elf_error = 0;

void __libelf_seterrno(int value)
{
	elf_error = value;
}

int elf_errno(void)
{
	int value = elf_error;
	elf_error = 0;
	return value;
}

const char *elf_errmsg(int error)
{
	static thread_local char text[32];
	if (error == 0 && elf_error == 0)
		return nullptr;
	snprintf(text, sizeof(text), "libelf error %d", error > 0 ? error : elf_error);
	return text;
}

// libpcap's capture back end for D-Bus would need libdbus. No device is ever opened or listed here.
int dbus_findalldevs(void *, char *)
{
	return 0;
}

void *dbus_create(const char *, char *, int *is_ours)
{
	*is_ours = 0;
	return nullptr;
}
}
