#!/usr/bin/env bash
#SBATCH --job-name=threadlings
#SBATCH --array=1-16
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --output=threadlings-%A-%a.log
#
# Grades a class as a Slurm array. The folders are on a file system that all nodes share.
#
#   job=$(sbatch --parsable slurm-array.sh CLASS COURSE RESULTS)
#   sbatch --dependency=afterany:$job --wrap 'threadlings merge RESULTS/part-*/ --into RESULTS/all --format csv > grades.csv'
#
# A task that was lost is done again with `--array=7`: it goes on where it was.
set -euo pipefail

class=${1:?the folder of the submissions}
course=${2:?the folder of the course}
results=${3:?the folder for the results}

# As many as in `--array`, from 1; stays what it is if only some are done again.
parts=${PARTS:-16}
part=$SLURM_ARRAY_TASK_ID
if [ "$part" -lt 1 ] || [ "$part" -gt "$parts" ]; then
    echo "there is no part $part of $parts: set PARTS to the number of parts, and count them from 1" >&2
    exit 2
fi

# Where nodes share the home folder, each prepares its own copy of the stand-in for std.
export THREADLINGS_CACHE=${TMPDIR:-/tmp}/threadlings-cache-$(id -u)

mkdir -p "$results"
# 3: some were not graded, which the results say.
threadlings grade "$class" --course "$course" --shard "$part/$parts" --results "$results/part-$part" \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" --quiet > "$results/part-$part.log" || [ $? = 3 ]
