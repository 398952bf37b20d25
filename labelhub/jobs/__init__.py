"""The job table: work that outlives its request, claimed by workers under a lease and a fence."""
