\set number random(0, :full - 1)
SELECT level, index, hashes FROM tiles WHERE level = 0 AND index = :number;
