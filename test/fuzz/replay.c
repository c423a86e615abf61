/* Runs a libFuzzer target over every file of the folders given, without libFuzzer: the corpus replay of the
 * normal test run. Each input sits against a guard page, so that reading one byte too far crashes.
 * Called by: ctest, through add_parser() in test/cmake/build.cmake. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Maps room for size bytes that end exactly at an inaccessible page. */
static uint8_t *guarded_new(size_t size, size_t *out_mapped, uint8_t **out_base)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = (size + page - 1) / page * page;
	uint8_t *base = mmap(
		NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED || mprotect(base + body, page, PROT_NONE) != 0) {
		perror("mmap");
		exit(1);
	}
	*out_mapped = body + page;
	*out_base = base;
	return base + body - size;
}

static int run_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(path);
		exit(1);
	}
	size_t mapped;
	uint8_t *base;
	uint8_t *data = guarded_new((size_t)st.st_size, &mapped, &base);
	if (read(fd, data, (size_t)st.st_size) != st.st_size) {
		perror(path);
		exit(1);
	}
	close(fd);
	(void)LLVMFuzzerTestOneInput(data, (size_t)st.st_size); /* its verdict is not crashing */
	munmap(base, mapped);
	return 1;
}

int main(int argc, char **argv)
{
	int ran = 0;
	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		if (!d) {
			perror(argv[i]);
			return 1;
		}
		for (struct dirent *e = readdir(d); e; e = readdir(d)) {
			char path[4096];
			if (e->d_name[0] != '.' && snprintf(path, sizeof(path), "%s/%s", argv[i],
							   e->d_name) < (int)sizeof(path)) {
				ran += run_file(path);
			}
		}
		closedir(d);
	}
	printf("%d inputs replayed\n", ran);
	return ran > 0 ? 0 : 1;
}
