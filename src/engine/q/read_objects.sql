-- The objects of the recorded schema, without their texts.
SELECT identity, digest FROM :"state".object
