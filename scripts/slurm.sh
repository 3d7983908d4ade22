#!/bin/bash
# Does a plan on a SLURM cluster, every job a part of it:
#   cfebm plan INPUT.zarr OUTPUT.zarr --model=microscopy -o plan.json
#   sbatch --array=1-20 slurm.sh plan.json
# Jobs that were killed or timed out: submit the same again, what is done stays. Exit code 3 means that others are still at work.
#SBATCH --job-name=cfebm
#SBATCH --cpus-per-task=8
#SBATCH --mem=24G
#SBATCH --time=4:00:00
#SBATCH --requeue

plan=${1:?Give the plan: sbatch --array=1-N slurm.sh plan.json}
CFEBM_OPTS=${CFEBM_OPTS:--Xmx4g} cfebm run "$plan" --part="${SLURM_ARRAY_TASK_ID:-1}/${SLURM_ARRAY_TASK_COUNT:-1}" --threads="${SLURM_CPUS_PER_TASK:-1}"
status=$?
[ $status -eq 3 ] && exit 0
exit $status
